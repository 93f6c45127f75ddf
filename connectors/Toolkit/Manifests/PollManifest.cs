using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>
/// A list that is read now and then for events: what a webhook lost is found by it, and what both tell is one event, since its id is the
/// same.
/// </summary>
/// <param name="List"><c>$since</c> in its request is where the last reading ended, less the overlap.</param>
/// <param name="First">What is asked in place of that before there is a cursor; null for the same, from so long ago.</param>
/// <param name="Cursor">Null where the whole list is read each time, as one of what is open is.</param>
/// <param name="Read">What has to be read beside each item; null for nothing.</param>
internal sealed record PollManifest(
    ListTemplate List, RequestTemplate? First, CursorRule? Cursor, TimeSpan Every, PollRead? Read, IReadOnlyList<EventRule> Events)
{
    /// <summary>The name by which a request knows where to go on from.</summary>
    public const string Since = "since";

    /// <summary>The name by which <see cref="PollRead.Request"/> knows whom to read.</summary>
    public const string ReadId = "read.id";

    /// <summary>Tells one list from another, so that a manifest that asks for something else begins anew.</summary>
    public string Key { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        $"{List.Request.Method} {List.Request.Path.Source} {Cursor?.Of.Source} {Cursor?.IsId}")))[..16];
}

internal enum CursorKind { Id, Time }

/// <summary>How far the reading of a list has come.</summary>
/// <param name="IsId">Whole numbers that only grow; else times.</param>
/// <param name="Of">Where an item has it.</param>
/// <param name="Overlap">How much is read again each time, in seconds or in ids: what was written late is found then.</param>
/// <param name="LookBack">How far back the first reading begins, for times.</param>
internal sealed record CursorRule(bool IsId, ValueTemplate Of, int Overlap, TimeSpan LookBack)
{
    /// <summary>What cannot be told from now is no place to go on from: a clock that is a day ahead would hide all that comes.</summary>
    private static readonly TimeSpan MaxAhead = TimeSpan.FromDays(1);

    /// <summary>Where an item stands; null when it does not say, or says what cannot be.</summary>
    public string? Position(in ValueScope scope, DateTimeOffset now)
    {
        if (Of.Text(scope) is not { } text)
            return null;
        if (IsId)
            return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? Id(id) : null;
        return VendorTimes.Find(text) is { } time && time <= now + MaxAhead ? Time(time) : null;
    }

    /// <summary>Where to read from when the reading has come to <paramref name="position"/>.</summary>
    public string From(string position) => IsId
        ? Id(Math.Max(0, long.Parse(position, CultureInfo.InvariantCulture) - Overlap))
        : Time(DateTimeOffset.Parse(position, CultureInfo.InvariantCulture).AddSeconds(-Overlap));

    /// <summary>Where the first reading begins; null where that is not known of ids.</summary>
    public string? Start(DateTimeOffset now) => IsId ? null : Time(now - LookBack);

    /// <summary>The position, or now where it is later.</summary>
    public string NotAfter(string position, DateTimeOffset now) => IsId || Compare(position, Time(now)) <= 0 ? position : Time(now);

    /// <summary>The further of two positions.</summary>
    public string Further(string one, string other) => Compare(one, other) >= 0 ? one : other;

    public int Compare(string one, string other) => IsId
        ? long.Parse(one, CultureInfo.InvariantCulture).CompareTo(long.Parse(other, CultureInfo.InvariantCulture))
        : string.CompareOrdinal(one, other);

    private static string Id(long id) => id.ToString(CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}

/// <summary>A record that an item names by its id, read once for each id and put beside the item's own members.</summary>
/// <param name="As">The member that it becomes.</param>
internal sealed record PollRead(ValueTemplate Id, RequestTemplate Request, string As);
