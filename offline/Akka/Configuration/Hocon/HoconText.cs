#nullable disable // as in Akka.NET, whose configuration API carries no annotations
using System.Globalization;
using System.Text;

namespace Akka.Configuration.Hocon;

/// <summary>Reads the marks of HOCON off a text, one after the other, and knows at which line and column it stands.</summary>
internal sealed class HoconText
{
    /// <summary>Ends a text without quotes. Of these, the first nine have a meaning of their own; the others are refused.</summary>
    private const string NotInPlainText = "{}[]:=,#\"$!^?@*&\\`";

    private readonly string _text;
    private int _position;

    public HoconText(string text)
    {
        _text = text;
    }

    public bool AtEnd => _position >= _text.Length;

    public char Current => AtEnd ? '\0' : _text[_position];

    public bool AtLineEnd => AtEnd || Current is '\n' or '\r';

    public bool AtBlank => !AtLineEnd && char.IsWhiteSpace(Current);

    public bool AtComment => Current == '#' || Starts("//");

    public bool AtPlainText => !AtEnd && !char.IsWhiteSpace(Current) && !NotInPlainText.Contains(Current) && !AtComment;

    public bool Starts(string mark) => string.CompareOrdinal(_text, _position, mark, 0, mark.Length) == 0;

    public bool TryTake(string mark)
    {
        if (!Starts(mark))
            return false;

        _position += mark.Length;
        return true;
    }

    public string TakeBlanks() => TakeWhile(() => AtBlank);

    /// <summary>Skips blanks and a comment behind them, and tells whether the line ended there, which is then skipped too.</summary>
    public bool SkipLineEnd()
    {
        TakeBlanks();
        if (AtComment)
            TakeWhile(() => !AtLineEnd);

        if (AtEnd || !AtLineEnd)
            return false;

        SkipBlanksAndComments();
        return true;
    }

    public void SkipBlanksAndComments()
    {
        while (!AtEnd)
        {
            if (char.IsWhiteSpace(Current))
                _position++;
            else if (AtComment)
                TakeWhile(() => !AtLineEnd);
            else
                return;
        }
    }

    public string TakePlainText() => TakeWhile(() => AtPlainText);

    /// <summary>A key without quotes, which may hold blanks but not begin or end with them.</summary>
    public string TakePlainKey() => TakeWhile(() => Current != '.' && (AtPlainText || AtBlank)).Trim();

    /// <summary>The text within three double quotes each, as it stands; an end that is missing is the end of everything.</summary>
    public string TakeTripleQuoted()
    {
        _position += 3;
        var text = TakeWhile(() => !Starts("\"\"\""));
        TryTake("\"\"\"");
        return text;
    }

    /// <summary>The text within double quotes, its escapes resolved.</summary>
    public string TakeQuoted()
    {
        _position++;
        var text = new StringBuilder();
        while (!AtEnd && Current != '"')
        {
            if (Current == '\\')
                text.Append(TakeEscape());
            else
                text.Append(_text[_position++]);
        }

        TryTake("\"");
        return text.ToString();
    }

    /// <summary>The path in a <c>${path}</c>.</summary>
    public string TakeSubstitution()
    {
        if (Starts("${?"))
            throw Unsupported("an optional substitution");

        _position += 2;
        var path = TakeWhile(() => AtPlainText || AtBlank);
        if (path.Length == 0 || path != path.Trim() || !TryTake("}"))
            throw Unsupported("a substitution that is no plain path in braces, without quotes and blanks,");

        return path;
    }

    public FormatException Unexpected()
    {
        var what = AtEnd ? "end of text" : $"'{Current}'";
        return new FormatException($"Unknown token at {Place()}: {what}");
    }

    public ConfigurationException Unsupported(string what) => new($"{Place()}: {what} is not supported.");

    public ConfigurationException AssignmentInText() => new(
        $"{Place()}: a text without quotes cannot hold '{Current}'. Put the text into double quotes if it is an address, " +
        "the keys into braces if it is an object, and every key on a line of its own.");

    private char TakeEscape()
    {
        var code = _position + 1 < _text.Length ? _text[_position + 1] : '\0';
        if (code == 'u')
        {
            var digits = _text.AsSpan(_position + 2, Math.Min(4, _text.Length - _position - 2));
            if (digits.Length < 4 || !ushort.TryParse(digits, NumberStyles.AllowHexSpecifier, null, out var unit))
                throw new FormatException($"\\u without four hexadecimal digits at {Place()}");

            _position += 6;
            return (char)unit;
        }

        var character = code switch
        {
            '"' or '\\' or '/' => code,
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            _ => throw new FormatException($"Unknown escape code: {code} at {Place()}"),
        };
        _position += 2;
        return character;
    }

    private string TakeWhile(Func<bool> goOn)
    {
        var start = _position;
        while (!AtEnd && goOn())
            _position++;

        return _text[start.._position];
    }

    private string Place()
    {
        var before = _text.AsSpan(0, Math.Min(_position, _text.Length));
        return $"line {before.Count('\n') + 1}, column {before.Length - before.LastIndexOf('\n')}";
    }
}
