#nullable disable // as in Akka.NET, whose configuration API carries no annotations
namespace Akka.Configuration.Hocon;

/// <summary>
/// Reads HOCON as Akka.NET 1.5 does, which is less than the HOCON specification: no optional substitutions, none from the
/// environment, no <c>+=</c> (it makes a key that ends in a plus sign), and a comma only behind an assigned value.
/// </summary>
public class Parser
{
    private readonly HoconText _text;
    private readonly Func<string, HoconRoot> _includeCallback;
    private readonly List<HoconSubstitution> _substitutions = [];

    private Parser(string text, Func<string, HoconRoot> includeCallback)
    {
        _text = new HoconText(text);
        _includeCallback = includeCallback;
    }

    public static HoconRoot Parse(string text, Func<string, HoconRoot> includeCallback)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new Parser(text, includeCallback).ParseRoot();
    }

    private HoconRoot ParseRoot()
    {
        var root = new HoconObject();
        _text.SkipBlanksAndComments();
        _text.TryTake("{");
        ParseFields(root);

        var value = new HoconValue([root]);
        SubstitutionResolver.Resolve(value, _substitutions);
        return new HoconRoot(value, _substitutions);
    }

    /// <summary>The fields up to the closing brace, which is left to the caller, or to the end.</summary>
    private void ParseFields(HoconObject owner)
    {
        while (true)
        {
            _text.SkipBlanksAndComments();
            if (_text.AtEnd || _text.Current == '}')
                return;

            ParseField(owner);
        }
    }

    private void ParseField(HoconObject owner)
    {
        if (_text.Starts("include \""))
        {
            ParseInclude(owner);
            return;
        }

        var value = ParseKey(owner);
        while (_text.TryTake("."))
            value = ParseKey(ObjectIn(value));

        if (_text.TryTake("{"))
        {
            ParseObject(ObjectIn(value));
        }
        else if (_text.TryTake("=") || _text.TryTake(":"))
        {
            ParseValue(value);
            _text.TakeBlanks();
            _text.TryTake(",");
        }
        else if (!_text.AtEnd)
        {
            throw _text.Unexpected();
        }
    }

    /// <summary>The value at the key that comes next; what follows the key stands next then.</summary>
    private HoconValue ParseKey(HoconObject owner)
    {
        _text.TakeBlanks();
        string key;
        if (_text.Current == '"')
            key = _text.TakeQuoted();
        else if (_text.AtPlainText && _text.Current != '.')
            key = _text.TakePlainKey();
        else
            throw _text.Unexpected();

        _text.SkipBlanksAndComments();
        return owner.GetOrCreateKey(key);
    }

    private void ParseInclude(HoconObject owner)
    {
        if (_includeCallback == null)
            throw _text.Unsupported("include without a callback that reads what is included");

        _text.TryTake("include ");
        var included = _includeCallback(_text.TakeQuoted());
        _substitutions.AddRange(included.Substitutions);
        if (included.Value.GetObject() is { } content)
            owner.Merge(content);
    }

    private void ParseObject(HoconObject owner)
    {
        ParseFields(owner);
        _text.TryTake("}");
    }

    /// <summary>
    /// The pieces up to the end of the line, a comma or a closing bracket. What the key held before goes, except that the
    /// fields of an object are added to those of an object that is already there.
    /// </summary>
    private void ParseValue(HoconValue owner)
    {
        _text.SkipBlanksAndComments();
        if (_text.AtEnd)
            throw _text.Unexpected();

        if (!owner.IsObject())
            owner.Clear();

        var blanks = "";
        while (true)
        {
            if (!ParsePiece(owner, blanks))
                return;

            blanks = _text.TakeBlanks();
            if (_text.Current is '=' or ':')
                throw _text.AssignmentInText();
        }
    }

    /// <summary>Adds the piece that comes next, with the blanks that stand between it and the one before.</summary>
    private bool ParsePiece(HoconValue owner, string blanks)
    {
        if (_text.TryTake("{"))
        {
            ParseObject(ObjectIn(owner));
        }
        else if (_text.TryTake("["))
        {
            Append(owner, ParseArray());
        }
        else if (_text.Starts("${"))
        {
            var substitution = new HoconSubstitution(_text.TakeSubstitution());
            _substitutions.Add(substitution);
            AppendBlanks(owner, blanks);
            Append(owner, substitution);
        }
        else if (_text.Starts("\"\"\""))
        {
            AppendText(owner, blanks, _text.TakeTripleQuoted());
        }
        else if (_text.Current == '"')
        {
            AppendText(owner, blanks, _text.TakeQuoted());
        }
        else if (_text.AtPlainText)
        {
            AppendText(owner, blanks, _text.TakePlainText());
        }
        else if (_text.AtLineEnd || _text.AtComment || _text.Current is ',' or ']' or '}')
        {
            return false;
        }
        else if (_text.Current is '=' or ':')
        {
            throw _text.AssignmentInText();
        }
        else
        {
            throw _text.Unexpected();
        }

        return true;
    }

    /// <summary>Elements are separated by a comma or by the end of a line; between two commas there is an empty one.</summary>
    private HoconArray ParseArray()
    {
        var array = new HoconArray();
        if (_text.TryTake("]"))
            return array;

        do
        {
            _text.SkipBlanksAndComments();
            if (_text.AtEnd)
                break;

            var element = new HoconValue();
            ParseValue(element);
            array.Add(element);
            if (_text.Current == '}')
                throw _text.Unexpected();

            if (!_text.SkipLineEnd() && _text.TryTake(","))
                _text.SkipBlanksAndComments();
        }
        while (!_text.TryTake("]"));

        return array;
    }

    private static HoconObject ObjectIn(HoconValue value)
    {
        if (!value.IsObject())
            value.NewValue(new HoconObject());

        return value.GetObject();
    }

    /// <summary>A text ends what was there if that is an object; anything else behind an object is of no account.</summary>
    private static void AppendText(HoconValue owner, string blanks, string text)
    {
        if (owner.IsObject())
            owner.Clear();

        AppendBlanks(owner, blanks);
        owner.AppendValue(new HoconLiteral { Value = text == "null" ? null : text });
    }

    private static void Append(HoconValue owner, IHoconElement element)
    {
        if (!owner.IsObject())
            owner.AppendValue(element);
    }

    /// <summary>Blanks count between texts; between lists they would turn the value into neither.</summary>
    private static void AppendBlanks(HoconValue owner, string blanks)
    {
        if (blanks.Length > 0 && owner.Values.Count > 0 && !owner.IsObject())
            owner.AppendValue(new HoconLiteral { Value = blanks });
    }
}
