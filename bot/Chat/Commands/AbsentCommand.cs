using System.Globalization;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Views;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;

namespace DevOpsAI.Bot.Chat.Commands;

/// <summary>Being away: oneself, at all one's clients or one of them; or, as their administrator, somebody else.</summary>
internal sealed class AbsentCommand(AbsenceRequests absences, NamedPeople people) : ChatCommand<AbsentCommand.Arguments>
{
    private const string Usage = "absent [client] [from 2026-12-23] until 2027-01-02 [delegate @person] [because ...]";

    /// <summary>Times are as typed; the other words are what stood where a client, a person or a reason may.</summary>
    /// <param name="Who">The words before the first time: perhaps the client, then perhaps a person.</param>
    /// <param name="Delegate">Who decides meanwhile; empty for nobody.</param>
    internal sealed record Arguments(IReadOnlyList<string> Who, string From, string Until, string Delegate, string Reason);

    public override string Name => "absent";

    public override IReadOnlyList<string> Synonyms => ["away", "vacation", "holiday"];

    public override IReadOnlyList<HelpLine> Help { get; } =
    [
        new(
            "absent [client] until 2027-01-02 [delegate @person]",
            "you are away from now or [from 2026-12-23], and perhaps somebody decides in your name"),
    ];

    /// <summary>What follows a word such as <c>until</c> belongs to it, up to the next such word; a reason goes on to the end.</summary>
    public override ChatRequest Read(CommandText text)
    {
        string[] names = ["who", "from", "until", "delegate", "because"];
        var parts = names.ToDictionary(static name => name, static _ => new List<string>(), StringComparer.Ordinal);
        var part = "who";
        foreach (var word in text.Words)
        {
            if (part != "because" && PartThatBegins(word) is { } next)
                part = next;
            else
                parts[part].Add(word);
        }
        return parts["until"].Count == 0
            ? ChatRequest.Incomplete("Until when?", Usage)
            : For(new(parts["who"], Said("from"), Said("until"), Said("delegate"), Said("because")));

        string Said(string of) => string.Join(' ', parts[of]);
    }

    protected override async Task<OutgoingMessage> AnswerAsync(Arguments arguments, ChatTurn turn, CancellationToken cancellationToken)
    {
        var from = Time(arguments.From, isEnd: false);
        if (Time(arguments.Until, isEnd: true) is not { } until || (from is null && arguments.From.Length > 0))
            return Reply.Notice("Say days as in 2026-12-23, or with a time of day (UTC) as in 2026-12-23 18:00.", detail: Usage);
        var reason = arguments.Reason.Length == 0 ? null : arguments.Reason;
        return await absences.SendAsync(turn, arguments.Who, Usage, (tenant, who) =>
        {
            if (arguments.Delegate.Length == 0)
                return (new SetAbsence(tenant.Tenant.Id, turn.Person, who, from, until, null, reason, turn.Correlation), "");
            var (deputy, problem) = people.Find(turn.Context, arguments.Delegate, tenant.State.Channels.Keys);
            return deputy is null
                ? (null, problem)
                : (new SetAbsence(tenant.Tenant.Id, turn.Person, who, from, until, deputy, reason, turn.Correlation), "");
        }, cancellationToken);
    }

    private static string? PartThatBegins(string word) => word.ToLowerInvariant() switch
    {
        "from" or "since" => "from",
        "until" or "till" or "through" => "until",
        "delegate" or "deputy" or "substitute" => "delegate",
        "because" => "because",
        _ => null,
    };

    /// <summary>
    /// UTC. A day without a time means its beginning, or at the end of a period its end: whoever is away until Friday is back on Saturday.
    /// </summary>
    private static DateTimeOffset? Time(string text, bool isEnd)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        string[] forms = ["yyyy-MM-dd HH:mm", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm'Z'"];
        if (DateTimeOffset.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, Utc, out var day))
            return isEnd ? day.AddDays(1) : day;
        return DateTimeOffset.TryParseExact(text, forms, CultureInfo.InvariantCulture, Utc, out var time) ? time : null;
    }
}
