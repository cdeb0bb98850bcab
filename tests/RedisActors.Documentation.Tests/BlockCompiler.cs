using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace RedisActors.Documentation.Tests;

/// <summary>
/// Compiles blocks of C# as a reader would take them over: the statements of a block are in a method of a class of their own, among what
/// <c>Scope/</c> has around them, and the types of a page know each other. All blocks are one compilation.
/// </summary>
internal static partial class BlockCompiler
{
    private const string ScopeFolder = "tests/RedisActors.Documentation.Tests/Scope";

    private const string ObsoleteWithoutReason = "CS0612";
    private const string Obsolete = "CS0618";

    private static readonly CSharpParseOptions Options = new(LanguageVersion.Latest);

    /// <summary>What this project is compiled against; its build writes it down.</summary>
    private static readonly MetadataReference[] References =
        [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "references.txt")).Select(path => MetadataReference.CreateFromFile(path))];

    /// <summary>What does not compile, by page: the place in the page, and what the compiler says.</summary>
    public static ILookup<string, string> Errors(IEnumerable<Block> blocks)
    {
        var scope = Directory.EnumerateFiles(Path.Combine(Repository.Root, ScopeFolder))
            .Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file), Options, $"{ScopeFolder}/{Path.GetFileName(file)}"));
        var parsed = blocks
            .Select(block => (Block: block, Tree: CSharpSyntaxTree.ParseText(WithoutEllipses(block.Text), Options)))
            .ToLookup(block => block.Tree.GetDiagnostics().Any(found => found.Severity == DiagnosticSeverity.Error));
        var malformed = parsed[true].SelectMany(
            block => block.Tree.GetDiagnostics(),
            (block, found) => new Error(block.Block.Page, block.Block.Line + found.Location.GetLineSpan().StartLinePosition.Line, found));
        var compilation = CSharpCompilation.Create(
            "Documented",
            parsed[false].Select(block => CSharpSyntaxTree.ParseText(SourceOf(block.Block, block.Tree), Options)).Concat(scope),
            References,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

        var compiled =
            from found in compilation.GetDiagnostics()
            where found.Severity == DiagnosticSeverity.Error || found.Id is ObsoleteWithoutReason or Obsolete
            let place = found.Location.GetMappedLineSpan()
            select new Error(place.Path, place.StartLinePosition.Line + 1, found);

        return malformed.Concat(compiled).OrderBy(error => error.Line).ToLookup(error => error.Page, error => error.ToString());
    }

    /// <summary>The file that is compiled for a block. Each part of it says where it stands in the page.</summary>
    private static string SourceOf(Block block, SyntaxTree parsed)
    {
        var root = (CompilationUnitSyntax)parsed.GetRoot();
        var types = root.Members.Where(member => member is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax).ToList();
        var statements = root.Members.OfType<GlobalStatementSyntax>().ToList();
        var members = root.Members.Except(types).Except(statements);

        var source = new StringBuilder();
        foreach (var directive in root.Usings) Append(directive);
        source.AppendLine($"namespace Documented.{NotInNames().Replace(block.Page, "_")};");
        foreach (var type in types) Append(type);
        source.AppendLine($"internal sealed class Block{block.Line} : Scope {{");
        foreach (var member in members) Append(member);
        source.AppendLine("private async System.Threading.Tasks.Task RunAsync() {");
        foreach (var statement in statements) Append(statement);
        return source.AppendLine().AppendLine("} }").ToString();

        void Append(SyntaxNode part)
        {
            var start = parsed.GetLineSpan(part.FullSpan).StartLinePosition;
            source.AppendLine().AppendLine($"#line {block.Line + start.Line} \"{block.Page}\"");
            source.Append(' ', start.Character).AppendLine(part.ToFullString()).AppendLine("#line default");
        }
    }

    /// <summary>Three dots stand for the reader's own code: a statement, or an expression where one is due.</summary>
    private static string WithoutEllipses(string code)
    {
        code = AfterCase().Replace(code, " Elided(); break;");
        code = AfterArrow().Replace(code, " Elided()");
        return Ellipsis().Replace(code, "Elided();");
    }

    [GeneratedRegex(@"(?<=\bcase [\w.]+:) \.\.\.")]
    private static partial Regex AfterCase();

    [GeneratedRegex(@"(?<==>) \.\.\.")]
    private static partial Regex AfterArrow();

    [GeneratedRegex(@"(?<=[{)] )\.\.\.")]
    private static partial Regex Ellipsis();

    [GeneratedRegex("[^A-Za-z0-9]")]
    private static partial Regex NotInNames();

    private sealed record Error(string Page, int Line, Diagnostic Found)
    {
        public override string ToString() => $"{Page}:{Line}: {Found.Id}: {Found.GetMessage(CultureInfo.InvariantCulture)}";
    }
}
