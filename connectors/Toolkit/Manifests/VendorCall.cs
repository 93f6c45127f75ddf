using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DevOpsAI.Common;
using DevOpsAI.Connections;

namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>
/// Makes the calls of one manifest: the address of the connection, its credentials, the vendor's budget, and what an answer means.
/// </summary>
internal sealed class VendorCall(Manifest manifest, VendorClient vendor, VendorTokens tokens, VendorBudgets budgets, ISecretSource secrets)
{
    /// <summary>A setting of every connection: an address in place of the manifest's.</summary>
    public const string AddressSetting = "Address";

    public static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(20);

    /// <summary>Waits for room in the vendor's budget by this clock, and leaves a part of it to people; null for calls of theirs.</summary>
    public TimeProvider? Background { get; init; }

    private const int MaxPages = 500;
    private static readonly JsonDocument Nothing = JsonDocument.Parse("null");
    private static readonly RequestTemplate Linked = new(HttpMethod.Get, ValueTemplate.Parse("/"), null, false);

    /// <summary>Drops what is remembered of a connection that is not used any more.</summary>
    public void Forget(string callKey)
    {
        tokens.Forget(callKey);
        vendor.Forget(callKey);
    }

    /// <summary>What templates may use of a connection.</summary>
    public Dictionary<string, string> Given(Connection connection) => Given(manifest, connection);

    /// <inheritdoc cref="Given(Connection)"/>
    public static Dictionary<string, string> Given(Manifest manifest, Connection connection)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var setting in manifest.Settings.Where(static setting => !setting.IsSecret))
        {
            if (connection.Settings.GetValueOrDefault(setting.Name)?.Trim() is { Length: > 0 } value)
                given[$"setting.{setting.Name}"] = setting.Values.GetValueOrDefault(value, value);
        }
        return given;
    }

    /// <summary>Where the vendor's interface is; null when the settings do not give an address that may be called.</summary>
    public Uri? Address(Connection connection)
    {
        var text = connection.Settings.GetValueOrDefault(AddressSetting) is { Length: > 0 } own
            ? own
            : manifest.Address.Text(new(Nothing.RootElement, Given(connection)));
        return VendorAddress.Find(text);
    }

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
        var all = new List<JsonElement>();
        var place = new PagePlace(paging);
        for (var page = 0; page < MaxPages; page++)
        {
            var outcome = await SendAsync(connection, request, given, place, acts: false, ReadTimeout, cancellationToken);
            if (outcome is not CallOutcome<JsonElement>.Done(var answer))
                return outcome.As<IReadOnlyList<JsonElement>>();
            if (items.Find(answer) is not { } list)
                return new CallOutcome<IReadOnlyList<JsonElement>>.Done(all);
            if (list.ValueKind != JsonValueKind.Array)
                return new CallOutcome<IReadOnlyList<JsonElement>>.Unknown($"{manifest.Title}'s answer has no list at {items}.");
            var before = all.Count;
            all.AddRange(list.EnumerateArray());
            if (!place.MoveOn(answer, all, all.Count - before))
                return new CallOutcome<IReadOnlyList<JsonElement>>.Done(all);
        }
        return new CallOutcome<IReadOnlyList<JsonElement>>.Unknown($"{manifest.Title}'s list does not end.");
    }

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
                if (!budgets.TryTake(Caller(connection), manifest.Budget, Background is not null, out var wait))
                {
                    if (Background is { } clock)
                    {
                        await Task.Delay(wait, clock, cancellationToken);
                        continue;
                    }
                    return new CallOutcome<JsonElement>.NotDone(
                        $"{manifest.Title} takes no more calls of {connection.Name} for a moment.", wait);
                }
                if (manifest.Authentication.Token is { } rule)
                {
                    var fetched = await tokens.GetAsync(
                        connection, rule, Credentials(connection), refused, stop => FetchTokenAsync(connection, rule, stop),
                        cancellationToken);
                    if (fetched is not CallOutcome<string>.Done(var value))
                        return fetched.As<JsonElement>();
                    token = value;
                }
                var uri = GetUri(connection, request, given, page);
                var scope = new ValueScope(Nothing.RootElement, given);
                var authorization = Authorization(connection, token);
                outcome = await vendor.ExchangeAsync(
                    connection, acts, () => Message(request, uri, scope, authorization, connection), timeLimit, cancellationToken);
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
            return Read(connection, answer, acts);
        }
    }

    private async Task<CallOutcome<JsonElement>> FetchTokenAsync(Connection connection, TokenRule rule, CancellationToken cancellationToken)
    {
        var given = WithSecrets(connection);
        var uri = GetUri(connection, rule.Request, given, null, rule.IsAtHost);
        var scope = new ValueScope(Nothing.RootElement, given);
        var authorization = rule.Basic is { } basic ? Basic(basic, scope) : null;
        var outcome = await vendor.ExchangeAsync(
            connection, acts: true, () => Message(rule.Request, uri, scope, authorization, null), ReadTimeout, cancellationToken);
        if (outcome is not CallOutcome<VendorAnswer>.Done(var answer))
            return outcome.As<JsonElement>();
        return (int)answer.Status is 400 or 401 or 403 && Rule(answer, Parse(answer.Body)) is null
            ? new CallOutcome<JsonElement>.Refused("credentials", Refusal(connection, answer))
            : Read(connection, answer, acts: false);
    }

    private string Refusal(Connection connection, VendorAnswer answer)
    {
        var said = VendorResponse.For<bool>(answer.Status, answer.Body, null, static _ => true) is CallOutcome<bool>.Refused(_, var message)
            ? $" ({message})"
            : "";
        var names = manifest.Settings.Where(static setting => setting is { IsSecret: true, IsRequired: true })
            .Select(static setting => setting.Name);
        return $"{manifest.Title} does not take the credentials of {connection.Name}{said}. Set {string.Join(" and ", names)} anew.";
    }

    /// <summary>What an answer means: by the manifest's own rules first.</summary>
    private CallOutcome<JsonElement> Read(Connection connection, VendorAnswer answer, bool acts)
    {
        var document = Parse(answer.Body);
        if (Rule(answer, document) is { } rule)
        {
            var message = VendorResponse.Short(rule.Message?.Text(new(document ?? Nothing.RootElement, Given(connection)))
                ?? $"{manifest.Title} answered {(int)answer.Status}.");
            return rule.Meaning switch
            {
                ErrorMeaning.Refused => new CallOutcome<JsonElement>.Refused($"{(int)answer.Status}", message),
                ErrorMeaning.NotDone => new CallOutcome<JsonElement>.NotDone(message, answer.RetryAfter ?? rule.TryAgainIn),
                _ => new CallOutcome<JsonElement>.Unknown(message),
            };
        }
        if ((int)answer.Status is >= 200 and < 300)
        {
            if (document is { } read)
                return new CallOutcome<JsonElement>.Done(read);
            if (acts && string.IsNullOrWhiteSpace(answer.Body))
                return new CallOutcome<JsonElement>.Done(Nothing.RootElement);
            // A page in place of data is how some vendors, and every proxy, say that it is too much or that one is not signed in.
            var what = $"{manifest.Title} answered {(answer.MediaType is { } type ? $"'{type}'" : "nothing")} in place of data.";
            return acts ? new CallOutcome<JsonElement>.Unknown(what) : new CallOutcome<JsonElement>.NotDone(what);
        }
        if (answer.Status == HttpStatusCode.Unauthorized)
            return new CallOutcome<JsonElement>.Refused("credentials", Refusal(connection, answer));
        return VendorResponse.For<JsonElement>(answer.Status, answer.Body, answer.RetryAfter, static _ => default);
    }

    private ErrorRule? Rule(VendorAnswer answer, JsonElement? document)
    {
        var scope = new ValueScope(document ?? Nothing.RootElement, new Dictionary<string, string>());
        return manifest.Errors.FirstOrDefault(
            rule => (rule.Status is null || rule.Status == (int)answer.Status) && rule.When.All(one => one.Holds(scope)));
    }

    private static JsonElement? Parse(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <exception cref="FormatException">A place has no value, or one that leads elsewhere.</exception>
    private Uri GetUri(
        Connection connection, RequestTemplate request, IReadOnlyDictionary<string, string> given, PagePlace? page, bool atHost = false)
    {
        var address = Address(connection)
            ?? throw new FormatException($"The connection {connection.Name} has no address that may be called.");
        if (page?.Next is { } link)
            return Own(address, link);
        var path = request.Path.Text(new(Nothing.RootElement, given), Uri.EscapeDataString)
            ?? throw new FormatException(
                $"A value for {request.Method} is missing: the connection {connection.Name} or the call lacks it.");
        if (path.Split('?')[0].Split('/').Any(static segment => segment is "." or ".."))
            throw new FormatException("What was filled in would make the address another one.");
        if (page?.Query is { } query)
            path += $"{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{query}";
        return new((atHost ? address.GetLeftPart(UriPartial.Authority) : address.GetLeftPart(UriPartial.Path).TrimEnd('/')) + path);
    }

    /// <summary>The address of a next part, which carries the credentials: the vendor's own host and scheme only.</summary>
    private Uri Own(Uri address, string link)
    {
        if (Uri.TryCreate(address, link, out var next) && next.Scheme == address.Scheme && next.Authority == address.Authority
            && next.UserInfo.Length == 0)
            return next;
        throw new FormatException($"{manifest.Title} says that its list goes on at another host; the credentials are not sent there.");
    }

    private HttpRequestMessage Message(
        RequestTemplate request, Uri uri, ValueScope scope, AuthenticationHeaderValue? authorization, Connection? connection)
    {
        var message = new HttpRequestMessage(request.Method, uri) { Headers = { Authorization = authorization } };
        message.Headers.Accept.Add(new("application/json"));
        message.Headers.UserAgent.Add(new("DevOpsAIBot", "1.0"));
        if (connection is not null && manifest.Authentication.Headers.Count > 0)
        {
            var secret = new ValueScope(Nothing.RootElement, WithSecrets(connection));
            foreach (var (name, value) in manifest.Authentication.Headers)
                Add(message, name, value, secret);
        }
        if (request is { IsForm: true, Body: BodyTemplate.Members form })
        {
            message.Content = new FormUrlEncodedContent(form.All
                .Select(one => KeyValuePair.Create(one.Key, ((BodyTemplate.Value)one.Value).Template.Text(scope)))
                .Where(static one => one.Value is not null)!);
        }
        else if (request.Body is { } body)
        {
            message.Content = new StringContent(Fill(body, scope)?.ToJsonString() ?? "null", Encoding.UTF8, "application/json");
        }
        return message;
    }

    /// <summary>What the framework says of a header that it does not take may show the value, which is a secret.</summary>
    private static void Add(HttpRequestMessage message, string name, ValueTemplate value, in ValueScope scope)
    {
        var text = value.Text(scope) ?? throw new FormatException($"A value for the header {name} is missing.");
        var settings = string.Join(" or ", value.Given.Select(static one => one[(one.IndexOf('.', StringComparison.Ordinal) + 1)..]));
        if (!IsHeaderText(text))
        {
            throw new FormatException(
                $"What the header {name} is to hold has characters that a header cannot: {settings} is misspelt or not the secret itself.");
        }
        if (!message.Headers.TryAddWithoutValidation(name, text))
            throw new FormatException($"{name} is no header of a request.");
    }

    /// <summary>What every server reads as it was meant.</summary>
    internal static bool IsHeaderText(string text) => text.All(static c => c is (>= ' ' and <= '~') or '\t');

    /// <summary>The document; a member without a value is left out.</summary>
    private static JsonNode? Fill(BodyTemplate body, ValueScope scope) => body switch
    {
        BodyTemplate.Members members => new JsonObject(members.All.Select(one => KeyValuePair.Create(one.Key, Fill(one.Value, scope)))
            .Where(static one => one.Value is not null)),
        BodyTemplate.List list => new JsonArray([.. list.All.Select(one => Fill(one, scope))]),
        BodyTemplate.Literal literal => literal.Node.DeepClone(),
        BodyTemplate.Value value => value.Template.Json(scope),
        _ => null,
    };

    private AuthenticationHeaderValue? Authorization(Connection connection, string? token)
    {
        if (token is not null)
            return new("Bearer", token);
        return manifest.Authentication.Basic is { } basic ? Basic(basic, new(Nothing.RootElement, WithSecrets(connection))) : null;
    }

    private static AuthenticationHeaderValue Basic(BasicRule rule, ValueScope scope) => new(
        "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{rule.Username.Text(scope)}:{rule.Password.Text(scope)}")));

    /// <exception cref="SecretUnavailableException">One of them cannot be read.</exception>
    private Dictionary<string, string> WithSecrets(Connection connection)
    {
        var given = Given(connection);
        foreach (var setting in manifest.Settings.Where(static setting => setting.IsSecret))
        {
            if (InboundCredentials.Secret(connection, setting.Name) is { } reference)
                given[$"secret.{setting.Name}"] = secrets.Read(reference);
        }
        return given;
    }

    /// <summary>Tells one set of settings and secrets from another without holding it.</summary>
    private string Credentials(Connection connection) => Digest(connection, WithSecrets(connection));

    /// <summary>
    /// Whom the vendor takes the connection for, whichever client it is for: one credential often serves all clients of a provider.
    /// </summary>
    /// <exception cref="SecretUnavailableException">One of its secrets cannot be read.</exception>
    public string Caller(Connection connection) => manifest.Budget is null
        ? ""
        : Digest(connection, WithSecrets(connection).Where(one => manifest.Authentication.Given.Contains(one.Key)));

    private string Digest(Connection connection, IEnumerable<KeyValuePair<string, string>> given)
    {
        var all = given.OrderBy(static one => one.Key, StringComparer.Ordinal).Select(static one => $"{one.Key}\0{one.Value}");
        return Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes($"{manifest.Name}\0{Address(connection)}\0{string.Join('\0', all)}")));
    }
}
