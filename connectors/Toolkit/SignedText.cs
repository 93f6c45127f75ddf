using System.Text;
using System.Text.RegularExpressions;

namespace DevOpsAI.Connectors.Toolkit;

/// <summary>
/// What a sender signs, as in <c>{id}.{time}.{body}</c>, in the order that the vendor has it; <c>{$setting.Name}</c> is a setting of the
/// connection, as the address that the vendor sends to.
/// </summary>
public sealed partial class SignedText
{
    private const string Time = "time";
    private const string Id = "id";
    private const string Body = "body";
    private readonly IReadOnlyList<(string Text, bool IsPlace)> pieces;

    private SignedText(IReadOnlyList<(string Text, bool IsPlace)> pieces) => this.pieces = pieces;

    /// <summary>The settings whose values are signed, as in <c>setting.HookAddress</c>.</summary>
    public IEnumerable<string> Given => Places.Where(static one => one.StartsWith('$')).Select(static one => one[1..]);

    /// <summary>The id of the delivery is signed.</summary>
    public bool HasId => Places.Contains(Id);

    private IEnumerable<string> Places => pieces.Where(static one => one.IsPlace).Select(static one => one.Text);

    /// <exception cref="FormatException">It has not both a time and a body, once each, or another place.</exception>
    public static SignedText Parse(string text)
    {
        var found = new List<(string Text, bool IsPlace)>();
        var at = 0;
        foreach (var place in Place().Matches(text).AsEnumerable())
        {
            found.Add((text[at..place.Index], false));
            found.Add((place.Groups["name"].Value, true));
            at = place.Index + place.Length;
        }
        found.Add((text[at..], false));
        var read = new SignedText([.. found.Where(static one => one.Text.Length > 0)]);
        if (read.Places.Count(static one => one == Time) != 1 || read.Places.Count(static one => one == Body) != 1
            || read.pieces.Any(static one => !one.IsPlace && one.Text.AsSpan().ContainsAny('{', '}')))
            throw new FormatException("what is signed has {time} and {body} once each, and may have {id} and {$setting.Name}");
        return read;
    }

    /// <summary>The same with the values of a connection's settings; a place without one stays.</summary>
    public SignedText With(IReadOnlyDictionary<string, string> given) => new(
    [
        .. pieces.Select(one => one.IsPlace && one.Text.StartsWith('$') && given.TryGetValue(one.Text[1..], out var value)
            ? (value, false)
            : one),
    ]);

    /// <summary>The bytes that are signed.</summary>
    /// <exception cref="InvalidOperationException">A setting has no value.</exception>
    public byte[] Write(string time, string? id, ReadOnlySpan<byte> body)
    {
        var bytes = new List<byte>(body.Length + 64);
        foreach (var (text, isPlace) in pieces)
        {
            if (isPlace && text == Body)
            {
                bytes.AddRange(body);
                continue;
            }
            bytes.AddRange(Encoding.UTF8.GetBytes((isPlace, text) switch
            {
                (true, Time) => time,
                (true, Id) => id ?? "",
                (true, _) => throw new InvalidOperationException($"{text} has no value."),
                _ => text,
            }));
        }
        return [.. bytes];
    }

    [GeneratedRegex(
        @"\{(?<name>time|id|body|\$setting\.[A-Za-z][A-Za-z0-9]*)\}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Place();
}
