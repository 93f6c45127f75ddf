using System.Globalization;
using System.Text;

namespace DevOpsAI.Common;

/// <summary>
/// Something that somebody outside wrote, an id or a name, as a log shows it: cut, in printable ASCII only. Neither the size of the log nor
/// what stands in its lines is theirs to choose.
/// </summary>
public readonly record struct Untrusted(string? Value)
{
    /// <summary>Characters of the value; what is longer ends with three dots.</summary>
    public const int MaxLength = 64;

    public static implicit operator Untrusted(string? value) => new(value);

    public override string ToString() => Shown(Value) ?? "";

    /// <summary>Anything but printable ASCII, and what a log's format gives a meaning, is <c>\uXXXX</c>.</summary>
    /// <param name="longest">Characters of the value.</param>
    public static string? Shown(string? value, int longest = MaxLength)
    {
        if (value is null)
            return null;
        var shown = new StringBuilder(longest);
        foreach (var one in value.AsSpan(0, Math.Min(value.Length, longest)))
        {
            if (one is >= ' ' and <= '~' and not ('\\' or '<' or '>' or '"' or '&' or '\''))
                shown.Append(one);
            else
                shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)one:x4}");
        }
        return value.Length > longest ? shown.Append("...").ToString() : shown.ToString();
    }
}

/// <summary>As <see cref="Untrusted"/>, for a sentence that quotes somebody outside, as a vendor's refusal does.</summary>
public readonly record struct UntrustedText(string? Value)
{
    /// <summary>Characters of the sentence.</summary>
    public const int MaxLength = 256;

    public static implicit operator UntrustedText(string? value) => new(value);

    public override string ToString() => Untrusted.Shown(Value, MaxLength) ?? "";
}
