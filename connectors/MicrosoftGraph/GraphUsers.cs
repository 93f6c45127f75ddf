using DevOpsAI.Connections;
using Microsoft.Graph.Models;

namespace DevOpsAI.Connectors.MicrosoftGraph;

/// <summary>A user as Entra has it now.</summary>
/// <param name="IsSynchronized">The account is kept in a local directory, which undoes what is changed in the cloud.</param>
internal sealed record GraphUser(
    string Id, string Upn, string? DisplayName, bool? IsEnabled, bool IsSynchronized, DateTimeOffset? SessionsValidFrom)
{
    public bool IsCalled(string name) =>
        Upn.Equals(name, StringComparison.OrdinalIgnoreCase) || string.Equals(DisplayName, name, StringComparison.OrdinalIgnoreCase);
}

/// <summary>The users of a client's directory.</summary>
internal sealed class GraphUsers(GraphCalls calls)
{
    private static readonly GraphRight Reading = new("read users", "User.Read.All");
    private static readonly GraphRight Switching = new("disable or enable this account", "User.EnableDisableAccount.All",
        "for accounts of administrators the application needs a directory role too, as User Administrator");
    private static readonly GraphRight Revoking = new("end the sessions of this account", "User.RevokeSessions.All");

    private static readonly string[] Members =
        ["id", "displayName", "userPrincipalName", "accountEnabled", "onPremisesSyncEnabled", "signInSessionsValidFromDateTime"];

    /// <summary>Every user with this user principal name or display name, whatever its case.</summary>
    public async Task<CallOutcome<IReadOnlyList<GraphUser>>> FindAsync(
        Connection connection, string name, CancellationToken cancellationToken)
    {
        var quoted = GraphCalls.Quoted(name);
        var outcome = await calls.ListAsync<UserCollectionResponse, GraphUser>(
            connection, Reading,
            (graph, next, stop) => next is null
                ? graph.Users.GetAsync(
                    request =>
                    {
                        request.QueryParameters.Filter = $"userPrincipalName eq {quoted} or displayName eq {quoted}";
                        request.QueryParameters.Select = Members;
                    },
                    stop)
                : graph.Users.WithUrl(next).GetAsync(cancellationToken: stop),
            static page => ((page.Value ?? []).Select(Read).OfType<GraphUser>(), page.OdataNextLink),
            cancellationToken);
        return outcome is CallOutcome<IReadOnlyList<GraphUser>>.Done(var users)
            ? new CallOutcome<IReadOnlyList<GraphUser>>.Done(
                [.. users.Where(user => user.IsCalled(name)).DistinctBy(static user => user.Id)])
            : outcome;
    }

    public Task<CallOutcome<GraphUser>> ReadAsync(Connection connection, string id, CancellationToken cancellationToken) =>
        calls.ReadAsync<User, GraphUser>(
            connection, Reading,
            (graph, stop) => graph.Users[id].GetAsync(static request => request.QueryParameters.Select = Members, stop), Read!,
            cancellationToken);

    public Task<CallOutcome<ActionReceipt>> SwitchAsync(
        Connection connection, string id, bool isEnabled, TimeSpan timeLimit, CancellationToken cancellationToken) =>
        calls.ActAsync<User, ActionReceipt>(
            connection, Switching, timeLimit,
            (graph, stop) => graph.Users[id].PatchAsync(new User { AccountEnabled = isEnabled }, cancellationToken: stop),
            _ => new($"Entra took the account as {(isEnabled ? "enabled" : "disabled")}."), cancellationToken);

    public Task<CallOutcome<ActionReceipt>> RevokeAsync(
        Connection connection, string id, TimeSpan timeLimit, CancellationToken cancellationToken) =>
        calls.ActAsync(
            connection, Revoking, timeLimit,
            (graph, stop) => graph.Users[id].RevokeSignInSessions.PostAsRevokeSignInSessionsPostResponseAsync(cancellationToken: stop),
            static answer => answer is { Value: false } ? null : new ActionReceipt(
                "Entra ends the sessions within minutes; tokens that apps hold already go on for up to an hour."),
            cancellationToken);

    private static GraphUser? Read(User user) => user is { Id: { Length: > 0 } id, UserPrincipalName: { Length: > 0 } upn }
        ? new(
            id, upn, user.DisplayName, user.AccountEnabled, user.OnPremisesSyncEnabled is true, user.SignInSessionsValidFromDateTime)
        : null;
}
