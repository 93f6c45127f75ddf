using System.Globalization;
using System.Text.Json;

namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>Where the reading of a list has come to.</summary>
internal sealed class PagePlace(PagingRule? rule)
{
    private int page = rule?.FirstPage ?? 0;
    private string? value = rule is { Style: PagingStyle.Number } ? rule.FirstPage.ToString(CultureInfo.InvariantCulture) : null;

    /// <summary>The address of the next part, as the vendor wrote it.</summary>
    public string? Next { get; private set; }

    /// <summary>
    /// The reading ended where the vendor did not say that the list does: the next part could not be named, or was this one.
    /// </summary>
    public bool BrokeOff { get; private set; }

    /// <summary>Where the part was asked for whose answer names <see cref="Next"/>; null where no answer does.</summary>
    public Uri? NamedAt { get; private set; }

    /// <summary>Where the part that is read now is asked for.</summary>
    public Uri? Asked { get; set; }

    /// <summary>A place that the vendor names by its address.</summary>
    public static PagePlace At(string link) => new(null) { Next = link };

    /// <summary>What the query has to hold beside that of the request; null for nothing.</summary>
    public string? Query => value is null || rule?.Parameter is not { } name
        ? null
        : $"{Uri.EscapeDataString(name)}={Uri.EscapeDataString(value)}";

    /// <summary>Whether there is another part to read.</summary>
    /// <param name="count">Of the items in the part that was read.</param>
    public bool MoveOn(JsonElement answer, List<JsonElement> all, int count)
    {
        switch (rule?.Style)
        {
            case PagingStyle.LastId:
                var last = count > 0 && rule.From!.Find(all[^1]) is { } id ? ValueTemplate.Scalar(id) : null;
                BrokeOff = count >= rule.Size && (string.IsNullOrEmpty(last) || last == value);
                return Go(last, count >= rule.Size && last != value);
            case PagingStyle.Number:
                return Go((++page).ToString(CultureInfo.InvariantCulture), count >= rule.Size);
            case PagingStyle.Offset:
                return Go(all.Count.ToString(CultureInfo.InvariantCulture), count >= rule.Size);
            case PagingStyle.Cursor:
                var cursor = rule.From!.Find(answer) is { } given ? ValueTemplate.Scalar(given) : null;
                BrokeOff = !string.IsNullOrEmpty(cursor) && cursor == value;
                return Go(cursor, cursor != value);
            case PagingStyle.NextLink:
                var link = rule.From!.Find(answer) is { } next ? ValueTemplate.Scalar(next) : null;
                var isNew = !string.IsNullOrEmpty(link) && link != Next;
                BrokeOff = !string.IsNullOrEmpty(link) && !isNew;
                (Next, NamedAt) = (link, Asked);
                return isNew;
            default:
                return false;
        }
    }

    private bool Go(string? next, bool more)
    {
        value = next;
        return more && !string.IsNullOrEmpty(next);
    }
}
