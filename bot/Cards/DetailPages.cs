using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Views;
using static DevOpsAI.Bot.Cards.CardElements;

namespace DevOpsAI.Bot.Cards;

/// <summary>
/// The details cut into pages: first what an approval covers, then the rest. An irreversible plan's approver opens them all; for any other
/// the pages that an approval covers are enough.
/// </summary>
public sealed class DetailPages
{
    private const int RoomForPage = 13_000;
    private const int RoomForPiece = 6_000;
    private const int Whole = int.MaxValue;

    private readonly List<List<OutgoingJson>> pages = [];
    private int used;

    private DetailPages() { }

    public IReadOnlyList<IReadOnlyList<OutgoingJson>> All => pages;

    /// <summary>
    /// Pages to be opened before Approve is offered: all of an irreversible plan's, otherwise those of the plan and its level.
    /// </summary>
    public int ToReview { get; private set; }

    public static DetailPages From(ProposalView view)
    {
        var details = ProposalDetails.For(view);
        var all = new DetailPages();
        all.Add(details.Covered);
        var covered = all.pages.Count;
        all.Add(details.Rest);
        all.ToReview = details.NeedsReview ? all.pages.Count : covered;
        return all;
    }

    private void Add(IReadOnlyList<DetailLine> lines)
    {
        StartPage();
        foreach (var line in lines)
            Add(line);
    }

    private void Add(DetailLine line)
    {
        if (line.Style == DetailStyle.Heading)
            Place(Rich("Medium", new TextRun(line.Words.ToString(), 300, Bold: true)));
        else if (line.Words.HasInstants && WithInstants(line) is { Size: <= RoomForPiece } whole)
            Place(whole);
        else
            AddText(line);
    }

    /// <summary>As few pieces as fit.</summary>
    private void AddText(DetailLine line)
    {
        var isCommand = line.Style == DetailStyle.Command;
        foreach (var piece in Pieces(CardText.Plain(line.Words.ToString(), Whole, lines: true, exact: isCommand)))
        {
            var text = Rich("Small", Like(line) with { Text = piece });
            Place(isCommand ? Container([text], emphasis: true, spacing: "Small") : text);
        }
    }

    private static OutgoingJson WithInstants(DetailLine line) => Rich("Small", [.. line.Words.Runs(Like(line))]);

    private static TextRun Like(DetailLine line) => new(
        null, Whole, Bold: line.Style == DetailStyle.Bold, Mono: line.Style == DetailStyle.Command,
        Subtle: line.Style == DetailStyle.Subtle, Lines: true);

    private void Place(OutgoingJson node)
    {
        var size = node.Size + 1;
        if (used > 0 && used + size > RoomForPage)
            StartPage();
        pages[^1].Add(node);
        used += size;
    }

    private void StartPage()
    {
        pages.Add([]);
        used = 0;
    }

    private static IEnumerable<string> Pieces(string text)
    {
        var start = 0;
        var size = 0;
        for (var i = 0; i < text.Length; i++)
        {
            size += OutgoingJson.GetSize(text.AsSpan(i, 1));
            if (size < RoomForPiece || char.IsHighSurrogate(text[i]))
                continue;
            yield return text[start..(i + 1)];
            (start, size) = (i + 1, 0);
        }
        if (start < text.Length)
            yield return text[start..];
    }
}
