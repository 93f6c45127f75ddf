using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Teams.Turns;
using DevOpsAI.Gates;
using DevOpsAI.Privacy;
using DevOpsAI.Tenancy;
using MediatR;

namespace DevOpsAI.Bot.Chat;

/// <summary>Commands that change something. Each is a request to core, which decides whether the person may; here is only found out what is meant.</summary>
internal sealed class Orders(IMediator mediator, Visibility visibility, IAccess access, IncidentViews views, Helpers helpers, Questions questions, NamedPeople people)
{
    public async Task<OutgoingMessage> LinkAsync(TurnContext turn, Person person, Command.Link command, CancellationToken cancellationToken)
    {
        if (command.Client is null || await visibility.TenantAsync(command.Client, person, cancellationToken) is not { } named)
            return Reply.NotForThem(visibility.NoClient(command.Client ?? "", person));
        var linked = await visibility.LinkedToAsync(turn.Conversation.ChannelId, cancellationToken);
        if (linked.FirstOrDefault(other => other.Tenant.Id != named.Tenant.Id) is { } taken)
        {
            var whose = access.RolesOf(taken.State, person.ObjectId).Count > 0 ? taken.Tenant.Name : "another client";
            return Reply.Notice($"This conversation is linked to {CardText.Name(whose)} already; one client to a conversation. Say unlink first.");
        }
        var request = new LinkChannel(named.Tenant.Id, person, turn.Conversation.ToChannelRef(), command.Escalation, turn.Correlation);
        return Reply.Of(await mediator.Send(request, cancellationToken), turn.Correlation, request.Tenant);
    }

    public async Task<OutgoingMessage> UnlinkAsync(TurnContext turn, Person person, CancellationToken cancellationToken)
    {
        var linked = await visibility.LinkedToAsync(turn.Conversation.ChannelId, cancellationToken);
        if (linked.Count == 0)
            return Reply.Notice("This conversation is not linked to a client, so there is nothing to unlink.");
        if (linked.All(tenant => access.RolesOf(tenant.State, person.ObjectId).Count == 0))
            return Reply.NotForThem(Sentences.NoRoleHere);
        Answer? answer = null;
        foreach (var tenant in linked)
            answer = await mediator.Send(new UnlinkChannel(tenant.Tenant.Id, person, turn.Conversation.ChannelId, turn.Correlation), cancellationToken);
        return Reply.Of(answer!, turn.Correlation, linked[^1].Tenant.Id);
    }

    public Task<OutgoingMessage> UndoAsync(TurnContext turn, Person person, string incidentId, CancellationToken cancellationToken) => AboutAsync(
        turn, person, incidentId, found => new RequestUndo(found.Where.Tenant.Id, found.Incident.Id, person, turn.Correlation), cancellationToken);

    public Task<OutgoingMessage> RedraftAsync(TurnContext turn, Person person, string incidentId, CancellationToken cancellationToken) => AboutAsync(
        turn, person, incidentId, found => new RequestRedraft(found.Where.Tenant.Id, found.Incident.Id, person, null, turn.Correlation), cancellationToken);

    /// <summary>An order about an incident, answered with its card as it then stands.</summary>
    private async Task<OutgoingMessage> AboutAsync(
        TurnContext turn, Person person, string incidentId, Func<Sought.Found, IRequest<Answer>> order, CancellationToken cancellationToken)
    {
        if (await visibility.FindAsync(incidentId, person, turn.Conversation, cancellationToken) is not Sought.Found found)
            return await questions.NotFoundAsync(turn, person, incidentId, cancellationToken);
        var answer = await mediator.Send(order(found), cancellationToken);
        if (answer.Incident is not { } incident)
            return Reply.Of(answer, turn.Correlation, found.Where.Tenant.Id);
        var place = turn.Conversation.ChannelId;
        var said = answer.IsDone ? answer.Sentence : answer.Sentence + helpers.Ask(turn, found.Where.State, answer, person);
        var view = turn.Conversation.Kind == "personal"
            ? views.ForPerson(found.Where.State, incident, place, person, said)
            : views.ForEverybody(found.Where.State, incident, place) with { Notice = said };
        return new() { Card = IncidentCard.Build(view with { IsCopy = true }), Summary = IncidentCard.Summary(view), Evidence = new(found.Where.Tenant.Id, "copy", incident.Id), Refused = answer.Refusal?.ToString() };
    }

    public async Task<OutgoingMessage> FreezeAsync(TurnContext turn, Person person, IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        if (await IsEverythingAsync(person, words, cancellationToken))
            return Everywhere(await mediator.Send(new FreezeEverything(person, Because(words), turn.Correlation), cancellationToken), "freeze everything because ...", Tone.Attention);
        var (tenant, rest) = await TenantAndRestAsync(turn, person, words, cancellationToken);
        if (tenant is null)
            return Reply.NotForThem(words.Count == 0 ? "Freeze which client, and why?" : visibility.NoClient(words[0], person), detail: "freeze <client> <reason>");
        if (WithoutBecause(rest) is not { Length: > 0 } reason)
            return Reply.Notice($"Why should {CardText.Name(tenant.Tenant.Name)} be frozen? The reason is recorded.", detail: $"freeze {tenant.Tenant.Id} <reason>");
        return Reply.OfStop(await mediator.Send(new SetFreeze(tenant.Tenant.Id, person, reason, turn.Correlation), cancellationToken), turn.Correlation, tenant.Tenant.Id);
    }

    public async Task<OutgoingMessage> UnfreezeAsync(TurnContext turn, Person person, IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        if (await IsEverythingAsync(person, words, cancellationToken))
            return Everywhere(await mediator.Send(new UnfreezeEverything(person, Because(words), turn.Correlation), cancellationToken), "unfreeze everything", Tone.Good);
        var (tenant, rest) = await TenantAndRestAsync(turn, person, words, cancellationToken);
        if (tenant is null)
            return Reply.NotForThem(words.Count == 0 ? "Unfreeze which client?" : visibility.NoClient(words[0], person), detail: "unfreeze <client>");
        var request = new LiftFreeze(tenant.Tenant.Id, person, WithoutBecause(rest) is { Length: > 0 } reason ? reason : null, turn.Correlation);
        return Reply.Of(await mediator.Send(request, cancellationToken), turn.Correlation, request.Tenant);
    }

    private async ValueTask<bool> IsEverythingAsync(Person person, IReadOnlyList<string> words, CancellationToken cancellationToken) =>
        words.Count > 0 && words[0].Equals("everything", StringComparison.OrdinalIgnoreCase) && await visibility.TenantAsync(words[0], person, cancellationToken) is null;

    private static string Because(IReadOnlyList<string> words) => WithoutBecause(string.Join(' ', words.Skip(1)));

    /// <summary>What is told of a reason says <c>because</c> already, in a word or a colon; <c>because of the flood</c> needs its own.</summary>
    private static string WithoutBecause(string reason)
    {
        const string Word = "because";
        if (!reason.StartsWith(Word, StringComparison.OrdinalIgnoreCase) || (reason.Length > Word.Length && char.IsLetterOrDigit(reason[Word.Length])))
            return reason;
        var rest = reason[Word.Length..].TrimStart(' ', ',', ':');
        return rest.StartsWith("of ", StringComparison.OrdinalIgnoreCase) ? reason : rest;
    }

    /// <summary>An answer about no single client, so it goes on no ledger of its own: what was done is on each.</summary>
    private static OutgoingMessage Everywhere(Answer answer, string usage, Tone done) =>
        Reply.Card(MessageCards.Notice(answer.Sentence, answer.IsDone ? done : Tone.Warning, answer.Refusal == Refusal.BadInput ? usage : null));

    public async Task<OutgoingMessage> AssignAsync(TurnContext turn, Person person, Command.Assign command, CancellationToken cancellationToken)
    {
        string[] words = [command.Client!, .. command.Person.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        var (tenant, name) = await TenantAndRestAsync(turn, person, words, cancellationToken);
        if (tenant is null)
            return Reply.NotForThem(visibility.NoClient(words[0], person));
        var (to, problem) = people.Find(turn, name);
        if (to is null)
            return Reply.Notice(problem, detail: $"{(command.Held ? "assign" : "unassign")} {command.Role.ToString().ToLowerInvariant()} {tenant.Tenant.Id} @person");
        var request = new AssignRole(tenant.Tenant.Id, person, to, command.Role, command.Held, turn.Correlation);
        return Reply.Of(await mediator.Send(request, cancellationToken), turn.Correlation, request.Tenant);
    }

    public async Task<OutgoingMessage> EraseAsync(TurnContext turn, Person person, IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        const string Usage = "erase <person or mail address> <client>";
        var because = words.ToList().FindIndex(word => word.Equals("because", StringComparison.OrdinalIgnoreCase));
        var reason = because >= 0 && because + 1 < words.Count ? string.Join(' ', words.Skip(because + 1)) : null;
        var who = (because >= 0 ? words.Take(because) : words).ToList();
        var named = who.Count > 1 ? await visibility.TenantAsync(who[^1], person, cancellationToken) : null;
        if (named is not null)
            who.RemoveAt(who.Count - 1);
        if (who.Count > 1 && who[^1].ToLowerInvariant() is "for" or "of" or "at")
            who.RemoveAt(who.Count - 1);
        var linked = named is null ? await visibility.LinkedToAsync(turn.Conversation.ChannelId, cancellationToken) : [];
        if ((named ?? (linked is [var only] ? only : null)) is not { } tenant)
            return Reply.Notice("Of which client?", detail: Usage);
        if (access.RolesOf(tenant.State, person.ObjectId).Count == 0)
            return Reply.NotForThem(Sentences.NoRoleHere);
        if (named is null && who.Count > 1 && visibility.NamesAClient(who[^1]))
            return Reply.NotForThem(visibility.NoClient(who[^1], person), detail: Usage);
        var name = string.Join(' ', who);
        if (name.Length == 0)
            return Reply.Notice("Whose personal data should become unreadable?", detail: Usage);
        // Somebody known here by name or mention, else as it was typed: an object id or a mail address.
        var subject = people.Find(turn, name).Person?.ObjectId ?? name;
        return Reply.Of(await mediator.Send(new Erase(tenant.Tenant.Id, person, subject, reason, turn.Correlation), cancellationToken), turn.Correlation, tenant.Tenant.Id);
    }

    /// <summary>The first word is a client, or everything is about the client that the conversation is linked to.</summary>
    private async ValueTask<(TenantNow? Tenant, string Words)> TenantAndRestAsync(TurnContext turn, Person person, IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        if (words.Count > 0 && await visibility.TenantAsync(words[0], person, cancellationToken) is { } named)
            return (named, string.Join(' ', words.Skip(1)));
        // Whoever names a client that they may not see means no other.
        if (words.Count > 0 && visibility.NamesAClient(words[0]))
            return (null, "");
        var linked = await visibility.LinkedToAsync(turn.Conversation.ChannelId, cancellationToken);
        return linked is [var only] && access.RolesOf(only.State, person.ObjectId).Count > 0 ? (only, string.Join(' ', words)) : (null, "");
    }
}
