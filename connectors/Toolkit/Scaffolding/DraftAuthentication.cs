using Microsoft.OpenApi;

namespace DevOpsAI.Connectors.Toolkit.Scaffolding;

/// <summary>Address and authentication of a manifest, from the servers and security schemes of a description.</summary>
internal sealed class DraftAuthentication(ApiDescription api, DraftSettings settings)
{
    private const string Plain = "[A-Za-z0-9.-]{1,100}";

    /// <summary>The address, with a setting for each part that differs from customer to customer.</summary>
    public YamlDraft Address()
    {
        var server = api.Document.Servers?.FirstOrDefault();
        var text = server?.Url?.TrimEnd('/') ?? "";
        var example = text;
        foreach (var (name, variable) in server?.Variables ?? new Dictionary<string, OpenApiServerVariable>())
        {
            var value = variable.Default ?? "";
            var setting = settings.Add(
                ApiText.Pascal(name), ApiText.Line(variable.Description ?? name, 80), value,
                variable.Enum is { Count: > 0 } words ? string.Join('|', words.Select(DraftArguments.Escape)) : Plain);
            text = text.Replace($"{{{name}}}", $"{{$setting.{setting}}}", StringComparison.Ordinal);
            example = example.Replace($"{{{name}}}", value, StringComparison.Ordinal);
        }
        if (Uri.TryCreate(example, UriKind.Absolute, out var address) && address.Query.Length == 0 && address.UserInfo.Length == 0
            && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)))
            return new YamlDraft().Line(0, $"address: {ApiText.Quoted(text)}");
        var path = (address is null ? example : address.AbsolutePath).TrimEnd('/');
        var own = settings.Add("Server", $"address of {api.Title}", $"https://vendor.example{path}");
        return new YamlDraft().Line(0, $"address: \"{{$setting.{own}}}\"");
    }

    public YamlDraft Authentication(IReadOnlyList<ApiOperation> operations)
    {
        var schemes = Schemes(operations).ToList();
        var draft = new YamlDraft();
        if (schemes.FirstOrDefault(static one => Flow(one) is not null) is { } oauth)
            return Token(Flow(oauth)!, IsPassword(oauth));
        var headers = schemes.Where(IsHeader).ToList();
        var basic = schemes.Find(static one => one.Type == SecuritySchemeType.Http && IsScheme(one, "basic"));
        var bearer = schemes.Find(static one => one.Type == SecuritySchemeType.Http && IsScheme(one, "bearer"));
        if (headers.Count == 0 && basic is null && bearer is null && Needed(operations) is { Count: > 0 } needed)
            return Headers(draft.Line(0, "authentication:"), needed);
        if (headers.Count == 0 && basic is null && bearer is null)
        {
            return draft.Line(
                0, "authentication: []",
                "how the bot proves itself: the description names no way that a manifest has (headers, basic, token)");
        }
        draft.Line(0, "authentication:");
        if (basic is not null)
        {
            var user = settings.Add("Username", $"user name at {api.Title}", "devops-bot");
            var password = settings.AddSecret("Password", $"password at {api.Title}");
            draft.Line(1, $"basic: {{ username: \"{{$setting.{user}}}\", password: \"{{$secret.{password}}}\" }}");
        }
        if (headers.Count == 0 && (bearer is null || basic is not null))
            return draft;
        if (headers.Count > 0)
            return Headers(draft, [.. headers.Select(static one => one.Name!).Distinct(StringComparer.OrdinalIgnoreCase)]);
        var token = settings.AddSecret("Token", $"access token of {api.Title}");
        return draft.Line(1, "headers:").Line(2, $"Authorization: \"Bearer {{$secret.{token}}}\"");
    }

    private YamlDraft Headers(YamlDraft draft, List<string> names)
    {
        draft.Line(1, "headers:");
        foreach (var name in names)
        {
            var key = settings.AddSecret(
                names.Count == 1 ? "ApiKey" : ApiText.Pascal(name), $"what {api.Title} wants in the header {ApiText.Line(name, 60)}");
            draft.Line(2, $"{ApiText.Quoted(ApiText.Line(name, 60))}: \"{{$secret.{key}}}\"");
        }
        return draft;
    }

    /// <summary>Some say how one proves oneself by headers that most operations need, and by no scheme.</summary>
    private static List<string> Needed(IReadOnlyList<ApiOperation> operations) =>
    [
        .. operations.SelectMany(static one => one.Parameters)
            .Where(static one => one is { In: ParameterLocation.Header, Required: true, Name.Length: > 0 })
            .GroupBy(static one => one.Name!, StringComparer.OrdinalIgnoreCase).Where(same => same.Count() > operations.Count / 2)
            .Select(static same => same.Key),
    ];

    /// <summary>Those of one way to be let in: the description's first, else that of the operations, else all that there are.</summary>
    private IEnumerable<IOpenApiSecurityScheme> Schemes(IReadOnlyList<ApiOperation> operations)
    {
        var components = api.Document.Components?.SecuritySchemes ?? new Dictionary<string, IOpenApiSecurityScheme>();
        var ways = (api.Document.Security ?? []).Concat(operations.SelectMany(one => one.Security)).Where(static one => one.Count > 0);
        var chosen = ways.Select(static way => way.Keys.OfType<IOpenApiSecurityScheme>().ToList())
            .FirstOrDefault(static way => way.TrueForAll(IsKnown));
        if (chosen is not null)
            return chosen;
        var known = components.Values.Where(IsKnown).ToList();
        return known.TrueForAll(static one => one.Type == SecuritySchemeType.ApiKey) ? known : known.Take(1);
    }

    private static bool IsKnown(IOpenApiSecurityScheme scheme) => Flow(scheme) is not null
        || IsHeader(scheme)
        || (scheme.Type == SecuritySchemeType.Http && (IsScheme(scheme, "basic") || IsScheme(scheme, "bearer")));

    private static bool IsHeader(IOpenApiSecurityScheme scheme) =>
        scheme is { Type: SecuritySchemeType.ApiKey, In: ParameterLocation.Header, Name.Length: > 0 };

    private static bool IsScheme(IOpenApiSecurityScheme scheme, string name) =>
        name.Equals(scheme.Scheme, StringComparison.OrdinalIgnoreCase);

    private static OpenApiOAuthFlow? Flow(IOpenApiSecurityScheme scheme) => scheme.Type != SecuritySchemeType.OAuth2
        ? null
        : new[] { scheme.Flows?.ClientCredentials, scheme.Flows?.Password }.FirstOrDefault(static one => one?.TokenUrl is not null);

    private static bool IsPassword(IOpenApiSecurityScheme scheme) => scheme.Flows?.ClientCredentials?.TokenUrl is null;

    private YamlDraft Token(OpenApiOAuthFlow flow, bool isPassword)
    {
        var id = isPassword
            ? settings.Add("Username", $"user name at {api.Title}", "devops-bot")
            : settings.Add("ClientId", $"client id at {api.Title}", "devops-bot");
        var secret = settings.AddSecret(
            isPassword ? "Password" : "ClientSecret", $"{(isPassword ? "password" : "client secret")} at {api.Title}");
        var draft = new YamlDraft().Line(0, "authentication:").Line(1, "token:");
        var url = flow.TokenUrl!;
        var path = url.IsAbsoluteUri ? url.AbsolutePath : $"/{url.OriginalString.TrimStart('/')}";
        if (IsElsewhere(url))
        {
            draft.Line(
                2, "request: []",
                $"tokens come from {ApiText.Line(url.Authority, 80)}, and a manifest fetches them at the vendor's own address");
        }
        else
        {
            draft.Line(2, $"request: {ApiText.Quoted($"POST {path}")}");
        }
        draft.Line(2, "atHost: true");
        draft.Line(2, "form:");
        draft.Line(3, $"grant_type: {(isPassword ? "password" : "client_credentials")}");
        draft.Line(3, $"{(isPassword ? "username" : "client_id")}: \"{{$setting.{id}}}\"");
        draft.Line(3, $"{(isPassword ? "password" : "client_secret")}: \"{{$secret.{secret}}}\"");
        if (flow.Scopes is { Count: > 0 } scopes)
        {
            draft.Line(
                3, $"scope: {ApiText.Quoted(ApiText.Line(string.Join(' ', scopes.Keys), 400))}",
                "the least that the actions below need");
        }
        return draft.Line(2, "answer: access_token").Line(2, "lifetime: expires_in");
    }

    private bool IsElsewhere(Uri token) => token.IsAbsoluteUri
        && !(Uri.TryCreate(api.Document.Servers?.FirstOrDefault()?.Url, UriKind.Absolute, out var own)
            && own.Authority.Equals(token.Authority, StringComparison.OrdinalIgnoreCase));
}
