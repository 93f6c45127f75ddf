using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Chat.Commands;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Views;
using DevOpsAI.Incidents;

namespace DevOpsAI.Bot.Chat.Questions;

/// <summary>What was reported of a device and done about it; of a client, its digest; of an incident, its story.</summary>
internal sealed class HappenedQuery(
    Visibility visibility, ClientResolver clients, IncidentSearch search, DigestCommand digest, WhyCommand why, TimeProvider clock)
    : ChatQuery<HappenedQuery.Arguments>
{
    /// <param name="Thing">A device, or a client that is named where a device may be.</param>
    internal sealed record Arguments(string Thing, string? Client, TimeSpan Last);

    /// <summary>How far back it is looked where no time is said.</summary>
    private static readonly TimeSpan Lately = TimeSpan.FromDays(7);

    private static readonly HashSet<string> Conditions = new(StringComparer.Ordinal)
    {
        "ok", "okay", "fine", "healthy", "well", "alright", "good", "up", "down", "online", "offline", "reachable", "alive", "dead",
        "broken", "slow",
    };

    private static readonly HashSet<string> NoThing = new(StringComparer.Ordinal)
    {
        "it", "that", "these", "those", "they", "there", "things", "all", "everyone", "you", "i", "he", "she", "nothing", "something",
        "going",
    };

    private static readonly HashSet<string> Beside = new(StringComparer.Ordinal)
    {
        "doing", "today", "yesterday", "tonight", "lately", "again", "this", "last", "week", "morning", "month", "night", "please",
    };

    public override IReadOnlyList<HelpLine> Examples { get; } =
    [
        new("what happened to SRV-FILE01 today?", "what was reported and done, lately or in a time you say"),
        new("is SRV-FILE01 ok?", "what was reported of it lately"),
    ];

    public override ChatRequest? Read(QuestionText question)
    {
        var words = question.Words;
        switch (words)
        {
            case ["what", "happened" or "happens", ..] or ["what", "has" or "have", "happened", ..]:
                return Happened(question);
            case ["show" or "tell" or "give" or "what" or "what's" or "whats" or "everything" or "anything" or "all", ..] when question.Has(
                "about"):
                return About(question, words.SkipWhile(static word => word != "about").Skip(1));
            case ["is" or "are" or "was", ..] when IndexOfCondition(words) is > 1 and var condition:
                return About(question, words.Take(condition).Skip(1));
            case ["how", "is" or "are", ..]:
                return About(question, words.Skip(2));
            case ["why", _, _, ..]:
                return WhyOfDevice(question);
            default:
                return null;
        }
    }

    private ChatRequest? Happened(QuestionText question)
    {
        if (question.KnownIncidentId is { } id && question.After("to", "with", "in") is not null)
            return why.For(new(id));
        return question.After("to", "with", "on", "about") is { } thing ? For(question, thing) : null;
    }

    /// <summary>
    /// One device in these words, perhaps with its client; null for anything else, above all for an incident, whose card says more.
    /// </summary>
    private ChatRequest? About(QuestionText question, IEnumerable<string> part)
    {
        if (question.KnownIncidentId is not null)
            return null;
        var things = part.TakeWhile(static word => word is not ("at" or "for"))
            .Where(static word => !QuestionText.IsArticle(word) && !QuestionText.IsFilling(word) && !Beside.Contains(word))
            .ToList();
        return things is [var thing] && !NoThing.Contains(thing) ? For(question, thing) : null;
    }

    /// <summary>
    /// Why a device is as it is cannot be told; what was reported of it can. A name alone is left to the command <c>why</c>.
    /// </summary>
    private ChatRequest? WhyOfDevice(QuestionText question)
    {
        if (question.KnownIncidentId is not null)
            return null;
        return question.Words.Skip(1).Where(IsName).Distinct(StringComparer.Ordinal).ToList() switch
        {
            [] => null,
            [var device] => For(question, device),
            _ => ChatRequest.UnknownQuery(question.Whole),
        };
    }

    private ChatRequest For(QuestionText question, string thing) => For(new(thing, question.After("at", "for"), question.Last ?? Lately));

    private static int IndexOfCondition(IReadOnlyList<string> words)
    {
        for (var at = 0; at < words.Count; at++)
        {
            if (Conditions.Contains(words[at]))
                return at;
        }
        return -1;
    }

    /// <summary>No word of the language.</summary>
    private static bool IsName(string word) =>
        char.IsAsciiLetter(word[0]) && (word.Any(char.IsAsciiDigit) || word.Contains('@', StringComparison.Ordinal));

    /// <summary>A name that no alert and no plan has used is asked back about, never guessed.</summary>
    protected override async Task<OutgoingMessage> AnswerAsync(Arguments arguments, ChatTurn turn, CancellationToken cancellationToken)
    {
        if (await visibility.TenantAsync(arguments.Thing, turn.Person, cancellationToken) is not null
            || visibility.NamesAClient(arguments.Thing))
            return await digest.For(new(arguments.Thing, arguments.Last)).AnswerAsync(turn, cancellationToken);
        var (asked, refused) = await clients.AllAsync(turn, arguments.Client, cancellationToken);
        if (refused is not null)
            return refused;
        var now = clock.GetUtcNow();
        var known = await search.FindAsync(asked, now - arguments.Last, incident => Concerns(incident, arguments.Thing), cancellationToken);
        var thing = CardText.Name(arguments.Thing.ToUpperInvariant(), 60);
        if (known.Count == 0)
            return Reply.Card(MessageCards.NotKnown($"I know of nothing that was reported or done about “{thing}”.", turn.Help));
        var span = Labels.Span(arguments.Last);
        var recent = known.Where(pair => LastTouched(pair.Incident) >= now - arguments.Last || pair.Incident.IsOpen).ToList();
        if (recent.Count == 0)
        {
            var last = known.MaxBy(static pair => LastTouched(pair.Incident));
            return Reply.Card(
                AnswerCard.Build(
                    AnswerView.For($"Nothing about {thing} in the last {span}", [last], now) with { Hint = "The last time was:" }));
        }
        var open = recent.Count(static pair => pair.Incident.IsOpen);
        var headline = $"{Labels.Incidents(recent.Count)} about {thing} in the last {span}, {(open > 0 ? $"{open}" : "none")} open";
        return Reply.Card(AnswerCard.Build(AnswerView.For(headline, recent, now)));
    }

    /// <summary>As vendors name a device: with or without its domain.</summary>
    private static bool Concerns(Incident incident, string thing) =>
        incident.Devices.Append(incident.Opened.Device ?? "").Concat(Targets(incident)).Any(name => IsCalled(name, thing));

    private static IEnumerable<string> Targets(Incident incident) =>
        (incident.Draft?.Plan.Steps ?? []).Select(static step => step.Target.Name);

    private static bool IsCalled(string name, string asked) =>
        name.Equals(asked, StringComparison.OrdinalIgnoreCase)
        || (name.Length > asked.Length && name.StartsWith(
            asked, StringComparison.OrdinalIgnoreCase) && name[asked.Length] is '.' or ':' or '@')
        || (asked.Length > name.Length && name.Length > 0 && asked.StartsWith(
            name, StringComparison.OrdinalIgnoreCase) && asked[name.Length] is '.');

    private static DateTimeOffset LastTouched(Incident incident) => new[]
    {
        incident.OpenedAt, incident.ClosedAt, incident.Ended.Seq > 0
            ? incident.Ended.At
            : null, incident.Execution?.FinishedAt, incident.Undo?.FinishedAt,
        incident.LastBegunAt,
    }.Max()!.Value;
}
