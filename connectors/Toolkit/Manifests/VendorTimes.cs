using System.Globalization;

namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>
/// Reads the times that vendors write: RFC 3339, the same without a zone (UTC then), and seconds or milliseconds since 1970, which one
/// vendor mixes in one document.
/// </summary>
internal static class VendorTimes
{
    /// <summary>From here on a number is milliseconds: as seconds it would be in the year 5138.</summary>
    private const decimal FirstMilliseconds = 100_000_000_000m;

    private static readonly string[] WithoutZone =
        ["yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss.FFFFFFF"];

    /// <summary>Null when it is none of these, or a day that nothing happens on: 1970-01-01 and before.</summary>
    public static DateTimeOffset? Find(string text)
    {
        if (decimal.TryParse(
            text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number))
        {
            if (number is < 86_400 or > 253_402_300_799_999)
                return null;
            return DateTimeOffset.FromUnixTimeMilliseconds((long)(number >= FirstMilliseconds ? number : number * 1000));
        }
        if (Rfc3339.TryParse(text, out var time)
            || DateTimeOffset.TryParseExact(text, WithoutZone, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time)
            || DateTimeOffset.TryParseExact(
                text, "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture, DateTimeStyles.None, out time))
            return time.Year > 1970 ? time : null;
        return null;
    }
}
