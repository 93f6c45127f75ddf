using System.Text.Json.Nodes;
using DevOpsAI.LocalTeams.Connector;
using DevOpsAI.LocalTeams.People;

namespace DevOpsAI.LocalTeams.Api;

/// <summary>What the page and tests use to act as people, to look, and to make the connector misbehave.</summary>
internal static class ApiEndpoints
{
    internal sealed record Say(string Conversation, string Text);

    internal sealed record Edit(string Conversation, string MessageId, string Text);

    /// <param name="Action">Sent as it is; otherwise the action is found on the shown card by <paramref name="Verb"/> or
    /// <paramref name="Title"/>.</param>
    internal sealed record Click(
        string Conversation, string MessageId, string? Verb, string? Title, JsonObject? Action,
        IReadOnlyDictionary<string, string>? Inputs);

    /// <param name="MessageId">Whose button has opened the dialog.</param>
    /// <param name="Data">That of the button inside the dialog, with the inputs.</param>
    internal sealed record DialogSubmit(string Conversation, string MessageId, JsonObject Data);

    /// <param name="Id">Of one of the sample alerts that <c>state</c> lists.</param>
    internal sealed record Raise(string Id);

    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api");
        api.MapGet("/state", (int? last, Overview overview) => overview.State(last ?? int.MaxValue));
        api.MapGet("/events", EventStream.Answer);
        api.MapGet("/views", ViewAsync);
        api.MapGet("/counters", (RateLimits limits) => limits.Report());
        api.MapGet("/switches", (Switches switches) => switches.Current);
        api.MapPut("/switches", (SwitchSettings settings, Switches switches, ChangeFeed changes) =>
        {
            switches.Current = settings;
            changes.Publish("switches");
            return settings;
        });
        api.MapPost("/samples", RaiseAsync);
        api.MapPost("/people/{id}/messages", SayAsync);
        api.MapPut("/people/{id}/messages", EditAsync);
        api.MapPost("/people/{id}/clicks", ClickAsync);
        api.MapPost("/people/{id}/dialogs", SubmitDialogAsync);
    }

    private static async Task<IResult> RaiseAsync(Raise raise, Samples samples, CancellationToken cancellationToken)
    {
        if (samples.All.FirstOrDefault(sample => sample.Id == raise.Id) is not { } wanted)
            return Problem(404, "no such sample alert");
        return await samples.RaiseAsync(wanted, cancellationToken) is { } problem
            ? Problem(502, problem)
            : Results.Ok(new { raised = wanted.Id });
    }

    private static async Task<IResult> SayAsync(string id, Say say, ClientSession session, CancellationToken cancellationToken)
    {
        if (Find(id, say.Conversation, out var person, out var address) is { } problem)
            return problem;
        if (string.IsNullOrWhiteSpace(say.Text))
            return Problem(400, "text is empty");
        var message = await session.SayAsync(person, address, say.Text, cancellationToken);
        return message is null ? Problem(404, "no such thread") : Results.Ok(message);
    }

    private static async Task<IResult> EditAsync(string id, Edit edit, ClientSession session, CancellationToken cancellationToken)
    {
        if (Find(id, edit.Conversation, out var person, out var address) is { } problem)
            return problem;
        if (string.IsNullOrWhiteSpace(edit.Text))
            return Problem(400, "text is empty");
        var message = await session.EditAsync(person, address, edit.MessageId, edit.Text, cancellationToken);
        return message is null ? Problem(404, "no such message of this person") : Results.Ok(message);
    }

    private static async Task<IResult> ClickAsync(
        string id, Click click, ClientSession session, MessageStore store, CancellationToken cancellationToken)
    {
        if (Find(id, click.Conversation, out var person, out var address) is { } problem)
            return problem;
        if (store.Find(address.Place.Id, click.MessageId) is not { } message)
            return Problem(404, "no such message");
        var outcome = click.Action is { } action
            ? await session.SendAsync(person, message, action, cancellationToken)
            : await session.ClickAsync(person, message, Wanted(click), click.Inputs ?? new Dictionary<string, string>(), cancellationToken);
        return outcome is null ? Problem(404, "this person's card has no such action") : Results.Ok(outcome);
    }

    private static async Task<IResult> SubmitDialogAsync(
        string id, DialogSubmit submit, ClientSession session, MessageStore store, CancellationToken cancellationToken)
    {
        if (Find(id, submit.Conversation, out var person, out var address) is { } problem)
            return problem;
        return store.Find(address.Place.Id, submit.MessageId) is { } message
            ? Results.Ok(await session.SubmitDialogAsync(person, message, submit.Data, cancellationToken))
            : Problem(404, "no such message");
    }

    private static async Task<IResult> ViewAsync(
        string person, string conversation, string messageId, bool? refresh, ClientSession session, MessageStore store,
        CancellationToken cancellationToken)
    {
        if (Find(person, conversation, out var who, out var address) is { } problem)
            return problem;
        return store.Find(address.Place.Id, messageId) is { } message
            ? Results.Ok(await session.LookAsync(who, message, refresh ?? false, cancellationToken))
            : Problem(404, "no such message");
    }

    private static Func<JsonObject, bool> Wanted(Click click) => action =>
        (click.Verb is not null || click.Title is not null)
        && (click.Verb is null || (string?)action["verb"] == click.Verb)
        && (click.Title is null || (string?)action["title"] == click.Title);

    private static IResult? Find(string personId, string conversation, out LocalUser person, out Address address)
    {
        person = LocalDirectory.FindPerson(personId)!;
        address = Address.Find(conversation)!;
        if (person is null)
            return Problem(404, "no such person");
        return address is null || !address.Place.Has(person) ? Problem(404, "no such conversation of this person") : null;
    }

    private static IResult Problem(int status, string title) => Results.Problem(statusCode: status, title: title);
}
