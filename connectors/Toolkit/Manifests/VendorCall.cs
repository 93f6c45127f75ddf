using System.Net;
using System.Text.Json;
using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit.Entra;

namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>Items of a list. <paramref name="IsWhole"/>: the vendor told where it ends.</summary>
internal sealed record VendorList(IReadOnlyList<JsonElement> Items, bool IsWhole)
{
    /// <summary>An answer was without the list, and the vendor is not known to leave it out where there is nothing.</summary>
    public bool IsMissing { get; init; }
}

/// <summary>
/// Makes the calls of one manifest: the address of the connection, its credentials, the vendor's budget, and what an answer means.
/// </summary>
internal sealed class VendorCall
{
    public static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(20);

    /// <summary>Waits for room in the vendor's budget by this clock, and leaves a part of it to people; null for calls of theirs.</summary>
    public TimeProvider? Background { get; init; }

    private const int MaxPages = 500;

    /// <summary>Parts without an item that are read one after another: a vendor that filters what it has found may give some.</summary>
    private const int MaxEmptyPages = 50;
    private static readonly JsonDocument Nothing = JsonDocument.Parse("null");
    private static readonly RequestTemplate Linked = new(HttpMethod.Get, ValueTemplate.Parse("/"), null, false);

    private readonly Manifest manifest;
    private readonly VendorClient vendor;
    private readonly VendorTokens tokens;
    private readonly VendorBudgets budgets;
    private readonly VendorCredentials credentials;
    private readonly VendorMessages messages;
    private readonly VendorAnswers answers;
    private readonly SecretMasks masks;
    private readonly VendorSignIn signIn;

    public VendorCall(Manifest manifest, VendorClient vendor, VendorTokens tokens, EntraTokens entra, VendorBudgets budgets,
        ISecretSource secrets, TimeProvider clock)
    {
        (this.manifest, this.vendor, this.tokens, this.budgets) = (manifest, vendor, tokens, budgets);
        credentials = new(manifest, secrets);
        messages = new(manifest, credentials, clock);
        answers = new(manifest);
        masks = new(manifest, credentials);
        signIn = new(manifest, vendor, tokens, entra, credentials, messages, answers, masks);
    }

    /// <inheritdoc cref="VendorCredentials.Given"/>
    public Dictionary<string, string> Given(Connection connection) => VendorCredentials.Given(manifest, connection);

    /// <summary>Drops what is remembered of a connection that is not used any more.</summary>
    public void Forget(string callKey)
    {
        tokens.Forget(callKey);
        vendor.Forget(callKey);
    }

    /// <inheritdoc cref="VendorCredentials.Caller"/>
    public string Caller(Connection connection) => credentials.Caller(connection);

    /// <inheritdoc cref="VendorCredentials.Address"/>
    public Uri? Address(Connection connection) => credentials.Address(connection);

    /// <inheritdoc cref="VendorSignIn.CheckToActAsync"/>
    public Task<CallOutcome<string>> CheckToActAsync(Connection connection, CancellationToken cancellationToken) =>
        signIn.CheckToActAsync(connection, cancellationToken);

    /// <summary>One call that changes nothing.</summary>
    public Task<CallOutcome<JsonElement>> ReadAsync(
        Connection connection, RequestTemplate request, IReadOnlyDictionary<string, string> given, CancellationToken cancellationToken) =>
        SendAsync(connection, request, given, null, acts: false, ReadTimeout, cancellationToken);

    /// <summary>
    /// Reads what is at an address that somebody else wrote; refused, and not called, when it is not the vendor's own host.
    /// </summary>
    public Task<CallOutcome<JsonElement>> ReadLinkAsync(Connection connection, string link, CancellationToken cancellationToken) =>
        SendAsync(connection, Linked, Given(connection), PagePlace.At(link), acts: false, ReadTimeout, cancellationToken);

    /// <summary>One call that changes something; sent once, but for a token that the vendor did not take.</summary>
    public Task<CallOutcome<JsonElement>> ActAsync(
        Connection connection, RequestTemplate request, IReadOnlyDictionary<string, string> given, TimeSpan timeLimit,
        CancellationToken cancellationToken) =>
        SendAsync(connection, request, given, null, acts: true, timeLimit, cancellationToken);

    /// <summary>All items of a list, whose parts are read one after another.</summary>
    public async Task<CallOutcome<IReadOnlyList<JsonElement>>> ListAsync(
        Connection connection, RequestTemplate request, JsonPath items, PagingRule? paging, IReadOnlyDictionary<string, string> given,
        CancellationToken cancellationToken)
    {
        var outcome = await ReadListAsync(connection, new(request, items, paging), given, cancellationToken);
        if (outcome is not CallOutcome<VendorList>.Done(var list))
            return outcome.As<IReadOnlyList<JsonElement>>();
        return list.IsMissing
            ? answers.NoList<IReadOnlyList<JsonElement>>(items)
            : new CallOutcome<IReadOnlyList<JsonElement>>.Done(list.Items);
    }

    /// <summary>The same with whether the vendor is known to have told all of it.</summary>
    public async Task<CallOutcome<VendorList>> ReadListAsync(
        Connection connection, ListTemplate template, IReadOnlyDictionary<string, string> given, CancellationToken cancellationToken)
    {
        var all = new List<JsonElement>();
        var place = new PagePlace(template.Paging);
        var empty = 0;
        for (var page = 0; page < MaxPages; page++)
        {
            var outcome = await SendAsync(connection, template.Request, given, place, acts: false, ReadTimeout, cancellationToken);
            if (outcome is not CallOutcome<JsonElement>.Done(var answer))
                return outcome.As<VendorList>();
            if (template.Items.Find(answer) is not { } list)
            {
                var isNothing = template.Request.ListMayBeMissing;
                return new CallOutcome<VendorList>.Done(new(all, isNothing) { IsMissing = !isNothing });
            }
            if (list.ValueKind != JsonValueKind.Array)
                return answers.NoList<VendorList>(template.Items);
            var before = all.Count;
            all.AddRange(list.EnumerateArray());
            if (!place.MoveOn(answer, all, all.Count - before))
                return new CallOutcome<VendorList>.Done(new(all, !place.BrokeOff));
            empty = all.Count == before ? empty + 1 : 0;
            if (empty > MaxEmptyPages)
                break;
        }
        return new CallOutcome<VendorList>.Unknown($"{manifest.Title}'s list does not end.");
    }

    /// <inheritdoc cref="VendorAnswers.NoList"/>
    public CallOutcome<T> NoList<T>(JsonPath items) => answers.NoList<T>(items);

    private async Task<CallOutcome<JsonElement>> SendAsync(
        Connection connection, RequestTemplate request, IReadOnlyDictionary<string, string> given, PagePlace? page, bool acts,
        TimeSpan timeLimit, CancellationToken cancellationToken)
    {
        string? refused = null;
        while (true)
        {
            CallOutcome<VendorAnswer> outcome;
            string? token = null;
            try
            {
                if (!budgets.TryTake(credentials.Caller(connection), manifest.Budget, Background is not null, out var wait))
                {
                    if (Background is { } clock)
                    {
                        await Task.Delay(wait, clock, cancellationToken);
                        continue;
                    }
                    return new CallOutcome<JsonElement>.NotDone(
                        $"{manifest.Title} takes no more calls of {connection.Name} for a moment.", wait);
                }
                if (signIn.BearsToken)
                {
                    var fetched = await signIn.GetAsync(connection, acts, refused, cancellationToken);
                    if (fetched is not CallOutcome<string>.Done(var value))
                        return fetched.As<JsonElement>();
                    token = value;
                }
                var uri = messages.GetUri(connection, request, given, page);
                page?.Asked = uri;
                var scope = new ValueScope(Nothing.RootElement, given);
                var authorization = messages.Authorization(connection, token);
                outcome = await vendor.ExchangeAsync(
                    connection, acts, () => messages.Write(request, uri, scope, authorization, connection), timeLimit, cancellationToken);
            }
            catch (SecretUnavailableException missing)
            {
                return new CallOutcome<JsonElement>.NotDone(missing.Message);
            }
            catch (FormatException wrong)
            {
                return new CallOutcome<JsonElement>.Refused("not-sent", wrong.Message);
            }
            if (outcome is not CallOutcome<VendorAnswer>.Done(var answer))
                return outcome.As<JsonElement>();
            // Turned away at the door with a token that expired just then: with a fresh one it is asked once more.
            if (answer.Status == HttpStatusCode.Unauthorized && token is not null && refused is null)
            {
                refused = token;
                continue;
            }
            return answers.Read(connection, masks.Hide(connection, answer, token, refused), acts, request.ListMayBeMissing);
        }
    }
}
