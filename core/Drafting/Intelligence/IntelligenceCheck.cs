using Microsoft.Extensions.Options;

namespace DevOpsAI.Drafting.Intelligence;

/// <summary>Refuses to start with a model that is half configured, or whose key would go over the network unencrypted.</summary>
internal sealed class IntelligenceCheck : IValidateOptions<IntelligenceOptions>
{
    public ValidateOptionsResult Validate(string? name, IntelligenceOptions options)
    {
        var errors = Problems(options).ToList();
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static IEnumerable<string> Problems(IntelligenceOptions options)
    {
        var hasKey = !string.IsNullOrWhiteSpace(options.ApiKey);
        var hasIdentity = !string.IsNullOrWhiteSpace(options.Identity);
        if (options.Endpoint is not { } endpoint)
        {
            if (hasKey || hasIdentity || !string.IsNullOrWhiteSpace(options.Deployment))
            {
                yield return "Intelligence:Endpoint: missing, while other settings of the model are set; the address of the service, as in "
                    + "https://contoso.openai.azure.com/.";
            }
            yield break;
        }
        if (!IsSafe(endpoint))
        {
            yield return "Intelligence:Endpoint: the address must be https (http on loopback only), without user, query and fragment, as "
                + "in https://contoso.openai.azure.com/.";
        }
        if (string.IsNullOrWhiteSpace(options.Deployment))
            yield return "Intelligence:Deployment: missing; the name of the deployment, or of the model.";
        if (hasKey == hasIdentity)
        {
            yield return "Intelligence:ApiKey: the bot signs in to the model's service in exactly one way: set ApiKey, as env:NAME or "
                + "file:/path, or Identity.";
        }
        if (hasIdentity && options.Identity is not ("managed" or "workload"))
            yield return "Intelligence:Identity: must be managed or workload.";
        if (options.IdentityClientId is { Length: > 0 } client && !Guid.TryParseExact(client, "D", out _))
            yield return "Intelligence:IdentityClientId: no GUID; the client id of the user-assigned managed identity.";
        if (options.DailyCost is not null && options is { PromptPrice: 0, AnswerPrice: 0 })
            yield return "Intelligence:DailyCost: needs PromptPrice and AnswerPrice, the price of a million tokens each.";
    }

    private static bool IsSafe(Uri endpoint) => endpoint is { IsAbsoluteUri: true, UserInfo: "", Query: "", Fragment: "" }
        && (endpoint.Scheme == Uri.UriSchemeHttps || (endpoint.Scheme == Uri.UriSchemeHttp && endpoint.IsLoopback));
}
