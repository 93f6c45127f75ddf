using Microsoft.Extensions.Options;

namespace DevOpsAI.Bot.Teams.Settings;

/// <summary>Every mistake in section <c>Teams</c>, with the setting that mends it.</summary>
internal sealed class TeamsOptionsValidator : IValidateOptions<TeamsOptions>
{
    public ValidateOptionsResult Validate(string? name, TeamsOptions options)
    {
        var errors = ValidationErrors(options).ToList();
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static IEnumerable<string> ValidationErrors(TeamsOptions options)
    {
        if (CloudEnvironment.Find(options.Cloud) is not { } cloud)
            yield return $"Teams:Cloud is '{options.Cloud}'; it must be one of "
                + $"{string.Join(", ", CloudEnvironment.All.Select(known => known.Name))}.";
        else if (!options.IsLocal && cloud.ServiceHosts.Count == 0 && options.TrustedServiceUrls.Count == 0)
            yield return $"Teams:Cloud '{cloud.Name}' has no service address of its own; set Teams:TrustedServiceUrls:0 to it.";
        if (NeedsHttps(options.MetadataUrl))
            yield return "Teams:MetadataUrl must be an absolute https address (http on loopback only).";
        if (NeedsHttps(options.LoginUrl))
            yield return "Teams:LoginUrl must be an absolute https address (http on loopback only).";
        if (options.Issuer is not null && options.MetadataUrl is null)
            yield return "Teams:Issuer may be set only together with Teams:MetadataUrl.";
        foreach (var url in options.TrustedServiceUrls.Where(url => !TrustedServiceUrls.IsWellFormed(url)))
            yield return $"Teams:TrustedServiceUrls contains '{url}'; an entry is an absolute https address (http on loopback only) "
                + $"without user, query and fragment.";
        foreach (var error in options.IsLocal ? LocalErrors(options) : CredentialErrors(options))
            yield return error;
    }

    private static IEnumerable<string> LocalErrors(TeamsOptions options)
    {
        if (Credentials(options) > 0)
            yield return "A Teams credential is set but Teams:AppId is not: set Teams:AppId to the application id, or remove the "
                + "credential for local mode.";
    }

    private static IEnumerable<string> CredentialErrors(TeamsOptions options)
    {
        if (!Guid.TryParse(options.AppId, out var appId))
            yield return "Teams:AppId must be the application (client) id, a GUID.";
        else if (IsMisspelt(options.AppId))
            yield return $"Teams:AppId is '{options.AppId}', which no token is meant for; write it as {appId}.";
        if (Credentials(options) != 1)
        {
            yield return "Teams:AppId is set, so exactly one credential is needed: set Teams:ClientSecret, Teams:CertificatePath, "
                + "Teams:FederatedTokenFile or Teams:ManagedIdentity=true (or remove Teams:AppId for local mode).";
        }
        if (!options.ManagedIdentity && string.IsNullOrWhiteSpace(options.TenantId))
            yield return "Teams:TenantId must be the Entra tenant of the bot's registration "
                + "(botframework.com for an old multi-tenant one).";
        if (options.AllowedTenants.Count == 0 && !Guid.TryParse(options.TenantId, out _))
            yield return "Teams:AllowedTenants must list the Entra tenants (GUIDs) whose people may speak to the bot, unless "
                + "Teams:TenantId is one.";
        foreach (var tenant in options.AllowedTenants.Where(tenant => !Guid.TryParse(tenant, out _)))
            yield return $"Teams:AllowedTenants contains '{tenant}'; an entry is a tenant id, a GUID.";
        foreach (var tenant in options.AllowedTenants.Where(IsMisspelt))
            yield return $"Teams:AllowedTenants contains '{tenant}', which no activity names its tenant by; write it as "
                + $"{Guid.Parse(tenant)}.";
        if (options is { AllowedTenants.Count: 0, TenantId: { } own } && IsMisspelt(own))
            yield return $"Teams:TenantId is '{own}', which no activity names its tenant by; write it as {Guid.Parse(own)}.";
    }

    /// <summary>A GUID with braces, without hyphens or with spaces: ids are compared as text, so it would never match.</summary>
    private static bool IsMisspelt(string spelling) =>
        Guid.TryParse(spelling, out var id) && !string.Equals(id.ToString(), spelling, StringComparison.OrdinalIgnoreCase);

    private static int Credentials(TeamsOptions options) =>
        (string.IsNullOrWhiteSpace(options.ClientSecret) ? 0 : 1)
        + (string.IsNullOrWhiteSpace(options.CertificatePath) ? 0 : 1)
        + (string.IsNullOrWhiteSpace(options.FederatedTokenFile) ? 0 : 1)
        + (options.ManagedIdentity ? 1 : 0);

    private static bool NeedsHttps(Uri? uri) => uri is not null
        && !(uri.IsAbsoluteUri && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && Loopback.Is(uri))));
}
