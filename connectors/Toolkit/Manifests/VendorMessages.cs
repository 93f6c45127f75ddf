using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DevOpsAI.Connections;

namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>Writes the requests of one manifest.</summary>
internal sealed class VendorMessages(Manifest manifest, VendorCredentials credentials, TimeProvider clock)
{
    private static readonly JsonDocument Nothing = JsonDocument.Parse("null");

    /// <exception cref="FormatException">A place has no value, or one that leads elsewhere.</exception>
    public Uri GetUri(
        Connection connection, RequestTemplate request, IReadOnlyDictionary<string, string> given, PagePlace? page, bool atHost = false)
    {
        var address = credentials.Address(connection)
            ?? throw new FormatException($"The connection {connection.Name} has no address that may be called.");
        if (page?.Next is { } link)
            return Own(address, page.NamedAt ?? address, link);
        var path = request.Path.Text(new(Nothing.RootElement, given), Uri.EscapeDataString)
            ?? throw new FormatException(
                $"A value for {request.Method} is missing: the connection {connection.Name} or the call lacks it.");
        if (path.Split('?')[0].Split('/').Any(static segment => segment is "." or ".."))
            throw new FormatException("What was filled in would make the address another one.");
        if (page?.Query is { } query)
            path += $"{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{query}";
        return new((atHost ? address.GetLeftPart(UriPartial.Authority) : address.GetLeftPart(UriPartial.Path).TrimEnd('/')) + path);
    }

    /// <summary>
    /// The address of a next part, which carries the credentials: the vendor's own host and scheme only. A relative one begins at the
    /// address whose answer names it (RFC 3986, section 5).
    /// </summary>
    private Uri Own(Uri address, Uri namedAt, string link)
    {
        if (Uri.TryCreate(namedAt, link, out var next) && next.Scheme == address.Scheme && next.Authority == address.Authority
            && next.UserInfo.Length == 0)
            return next;
        throw new FormatException($"{manifest.Title} says that its list goes on at another host; the credentials are not sent there.");
    }

    /// <param name="connection">Whose headers of <c>authentication</c> it bears; null for none.</param>
    public HttpRequestMessage Write(
        RequestTemplate request, Uri uri, ValueScope scope, AuthenticationHeaderValue? authorization, Connection? connection)
    {
        var message = new HttpRequestMessage(request.Method, uri) { Headers = { Authorization = authorization } };
        message.Headers.Accept.Add(new("application/json"));
        message.Headers.UserAgent.Add(new("DevOpsAIBot", "1.0"));
        if (connection is not null && manifest.Authentication.Headers.Count > 0)
        {
            var secret = new ValueScope(Nothing.RootElement, credentials.WithSecrets(connection));
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
        if (connection is not null && manifest.Authentication.Signature is { } rule)
            Sign(message, rule, connection, request.IsForm);
        return message;
    }

    private void Sign(HttpRequestMessage message, SignatureRule rule, Connection connection, bool isForm)
    {
        var key = credentials.Secret(connection, rule.Setting)
            ?? throw new FormatException($"The connection {connection.Name} lacks {rule.Setting}, which signs its calls.");
        using var body = new MemoryStream();
        message.Content?.ReadAsStream().CopyTo(body);
        var given = RequestSignature.Describe(
            message.Method, message.RequestUri!, body.ToArray(), isForm, credentials.Address(connection)!.AbsolutePath.TrimEnd('/'),
            clock.GetUtcNow());
        foreach (var (name, value) in VendorCredentials.Given(manifest, connection))
            given[name] = value;
        given[SignatureRule.Signature] = RequestSignature.Sign(rule, key, given);
        var scope = new ValueScope(Nothing.RootElement, given);
        foreach (var (name, value) in rule.Headers)
            Add(message, name, value, scope);
        if (rule.Basic is { } basic)
            message.Headers.Authorization = Basic(basic, scope);
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
    public static bool IsHeaderText(string text) => text.All(static c => c is (>= ' ' and <= '~') or '\t');

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

    /// <summary>The header Authorization; null for none.</summary>
    public AuthenticationHeaderValue? Authorization(Connection connection, string? token)
    {
        if (token is not null)
            return new("Bearer", token);
        return manifest.Authentication.Basic is { } basic
            ? Basic(basic, new(Nothing.RootElement, credentials.WithSecrets(connection)))
            : null;
    }

    public static AuthenticationHeaderValue Basic(BasicRule rule, ValueScope scope) => new(
        "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{rule.Username.Text(scope)}:{rule.Password.Text(scope)}")));
}
