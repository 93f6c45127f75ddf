using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Teams.Turns;
using DevOpsAI.Incidents;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Chat;

/// <summary>Questions whose answer is a list of incidents: what happened to a device, and what the bot did without asking.</summary>
internal sealed class Lookups(Visibility visibility, Questions questions, TimeProvider clock)
{
    /// <summary>A client's name means its digest. A name that no alert and no plan has used is asked back about, never guessed.</summary>
    public async Task<OutgoingMessage> HappenedAsync(TurnContext turn, Person person, Command.Happened asked, CancellationToken cancellationToken)
    {
        if (await visibility.TenantAsync(asked.Thing, person, cancellationToken) is not null || visibility.NamesAClient(asked.Thing))
            return await questions.DigestAsync(turn, person, asked.Thing, asked.Last, cancellationToken);
        var (places, refused) = await WhereAsync(turn, person, asked.Client, cancellationToken);
        if (refused is not null)
            return refused;
        var known = places.SelectMany(place => place.State.Incidents.Values.Where(incident => Concerns(incident, asked.Thing)).Select(incident => (place.Tenant, Incident: incident))).ToList();
        var thing = CardText.Name(asked.Thing.ToUpperInvariant(), 60);
        if (known.Count == 0)
            return Reply.Card(MessageCards.NotKnown($"I know of nothing that was reported or done about “{thing}”."));
        var since = clock.GetUtcNow() - asked.Last;
        var recent = known.Where(pair => LastTouched(pair.Incident) >= since || pair.Incident.IsOpen).ToList();
        var open = recent.Count(static pair => pair.Incident.IsOpen) is > 0 and var some ? $"{some}" : "none";
        return recent.Count > 0
            ? Reply.Card(AnswerCard.Build($"{Count(recent.Count)} about {thing} in the last {Phrases.Span(asked.Last)}, {open} open", recent, clock.GetUtcNow()))
            : Reply.Card(AnswerCard.Build(
                $"Nothing about {thing} in the last {Phrases.Span(asked.Last)}", [known.MaxBy(pair => LastTouched(pair.Incident))], clock.GetUtcNow(), "The last time was:"));
    }

    public async Task<OutgoingMessage> ByItselfAsync(TurnContext turn, Person person, Command.ByItself asked, CancellationToken cancellationToken)
    {
        var (places, refused) = await WhereAsync(turn, person, asked.Client, cancellationToken);
        if (refused is not null)
            return refused;
        var since = clock.GetUtcNow() - asked.Last;
        var ran = places.SelectMany(place => place.State.Incidents.Values.Where(incident => RanByItself(incident, since)).Select(incident => (place.Tenant, Incident: incident))).ToList();
        var where = places.Count == 1 ? $" for {CardText.Name(places[0].Tenant.Name, 60)}" : "";
        var span = Phrases.Span(asked.Last);
        return ran.Count == 0
            ? Reply.Notice($"The bot did nothing by itself{where} in the last {span}.", good: true)
            : Reply.Card(AnswerCard.Build($"Done without asking{where} in the last {span}: {Count(ran.Count)}", ran, clock.GetUtcNow(), "Say why and its number for the ground of each; the gate policy says what needs nobody.", withPlan: true));
    }

    /// <summary>The client that is named; else the one of this conversation; else every one that may be talked about here.</summary>
    private async ValueTask<(IReadOnlyList<TenantNow> Places, OutgoingMessage? Refused)> WhereAsync(TurnContext turn, Person person, string? client, CancellationToken cancellationToken)
    {
        if (client is not null)
        {
            if (await visibility.TenantAsync(client, person, cancellationToken) is not { } named)
                return ([], Reply.NotForThem(visibility.NoClient(client, person)));
            return await visibility.MayBeShownAsync(named.Tenant.Id, named.State, turn.Conversation, cancellationToken) ? ([named], null) : ([], Reply.Notice(Sentences.NotHere));
        }
        var visible = await visibility.TenantsAsync(person, turn.Conversation, cancellationToken);
        var linked = visible.Where(tenant => tenant.State.Channels.ContainsKey(turn.Conversation.ChannelId)).ToList();
        IReadOnlyList<TenantNow> places = linked.Count > 0 ? linked : visible;
        return places.Count > 0 ? (places, null)
            : ([], Reply.Notice("There is no client whose incidents I may show you in this conversation.", detail: "Ask me in a personal chat, or say whoami to see your roles."));
    }

    /// <summary>As vendors name a device: with or without its domain.</summary>
    private static bool Concerns(Incident incident, string thing) =>
        incident.Devices.Append(incident.Opened.Device ?? "").Concat(Targets(incident)).Any(name => IsName(name, thing));

    private static IEnumerable<string> Targets(Incident incident) => (incident.Draft?.Plan.Steps ?? []).Select(step => step.Target.Name);

    private static bool IsName(string name, string asked) =>
        name.Equals(asked, StringComparison.OrdinalIgnoreCase)
        || (name.Length > asked.Length && name.StartsWith(asked, StringComparison.OrdinalIgnoreCase) && name[asked.Length] is '.' or ':' or '@')
        || (asked.Length > name.Length && name.Length > 0 && asked.StartsWith(name, StringComparison.OrdinalIgnoreCase) && asked[name.Length] is '.');

    /// <summary>Something is taken back only where a person asked for it, at whatever level that runs.</summary>
    private static bool RanByItself(Incident incident, DateTimeOffset since) =>
        incident.Execution is { Unattended: true } run && run.StartedAt >= since;

    private static DateTimeOffset LastTouched(Incident incident) =>
        new[] { incident.OpenedAt, incident.ClosedAt, incident.Ended.Seq > 0 ? incident.Ended.At : null, incident.Execution?.FinishedAt, incident.Undo?.FinishedAt, incident.LastBegunAt }.Max()!.Value;

    private static string Count(int incidents) => incidents == 1 ? "1 incident" : $"{incidents} incidents";
}
