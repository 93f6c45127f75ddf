using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Connections.Secrets;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.ConnectionChanges;

/// <summary>What holds for connections that are made in chat. Pure.</summary>
internal static class ConnectionChangeRules
{
    /// <summary>As much as a card shows whole: nobody approves what they do not see.</summary>
    private const int MaxValueLength = 300;

    /// <summary>What a click brings is cut at 4,000.</summary>
    private const int MaxSecretLength = 3_999;

    /// <summary>The name of the tenant's connection of a connector, as in <c>contoso-ninjaone</c>.</summary>
    public static string GetName(TenantId tenant, string connector) => $"{tenant.Value}-{connector}";

    public static RequestResult? Authorize(TenantState state, IReadOnlySet<Role> roles) => roles.Contains(Role.Administrator)
        ? null
        : new(null, Refusal.NotAllowed, $"Only administrators of {state.Name} may ask for a change of its connections.");

    /// <summary>One thing at a time is decided of a connection.</summary>
    public static RequestResult? CheckNothingWaits(TenantState state, string name) =>
        state.Proposals.All.Any(one => one.Key.Kind == ConnectionChange.SubjectKind && ConnectionChange.GetName(one.Key) == name
            && IsUnderWay(one.Value))
            ? new(null, Refusal.AlreadyDecided, $"Something that was asked for of {name} waits for a decision already.")
            : null;

    /// <summary>It can still take effect. One whose run was stopped cannot: it is asked for again.</summary>
    public static bool IsUnderWay(Proposal proposal) => proposal.IsUndecided
        || proposal.Phase is ProposalPhase.Approved or ProposalPhase.Executing or ProposalPhase.Undoing;

    /// <summary>The settings of everything that is in use or can still take effect: the secrets among them stay.</summary>
    public static IReadOnlySet<string> SecretsInUse(TenantState state) => state.Get<MadeConnections>().For(state.Tenant)
        .SelectMany(static made => made.Settings.Values)
        .Concat(state.Proposals.All.Values.Where(IsUnderWay)
            .SelectMany(static one => ConnectionChange.Read(one)?.Settings.Values ?? []))
        .ToHashSet(StringComparer.Ordinal);

    /// <summary>Why what was typed cannot be taken, one sentence each, beginning with the setting's name.</summary>
    /// <param name="isLocal">The bot runs on a laptop, where vendors may be stand-ins without TLS.</param>
    /// <param name="tenants">All there are: a variable that bears a longer client's name is that client's.</param>
    public static IEnumerable<string> ValidationErrors(RequestConnection request, bool isLocal, IEnumerable<TenantId> tenants)
    {
        foreach (var (name, value) in request.Settings)
        {
            // Its names are held against the connector's, and each is shown.
            if (name == EnabledActions.Setting)
                continue;
            if (value.Length > MaxValueLength || value.Any(char.IsControl))
                yield return $"{name}: has to be one line of at most {MaxValueLength} characters.";
            else if (!isLocal && value.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
                yield return $"{name}: has to begin with https://.";
            else if (new SecretReference(value).IsElsewhere)
                yield return $"{name}: is no secret, so it is written as it is.";
        }
        foreach (var (name, secret) in request.Secrets)
        {
            if (CheckSecret(request.Tenant, secret, tenants) is { } error)
                yield return $"{name}: {error}";
        }
    }

    /// <summary>
    /// A secret that is in use was given for the settings that are in use: with others it is typed anew, or somebody alone could have it
    /// sent to an address of their own.
    /// </summary>
    /// <param name="kept">Secrets of the existing connection that would stay, by setting.</param>
    public static IEnumerable<string> CheckKept(RequestConnection request, Connection existing, IEnumerable<string> kept)
    {
        var own = existing.Settings
            .Where(static one => !SharedSettings.Are(one.Key) && !new SecretReference(one.Value).IsElsewhere)
            .ToDictionary(static one => one.Key, static one => one.Value, StringComparer.OrdinalIgnoreCase);
        // What it may do, and from where its events come, says nothing about where its secrets go.
        var asked = request.Settings.Where(static one => !SharedSettings.Are(one.Key)).ToList();
        var isSame = own.Count == asked.Count
            && asked.All(one => own.TryGetValue(one.Key, out var value) && value == one.Value);
        return isSame ? [] : kept.Select(static name => $"{name}: type it anew, since other settings have changed.");
    }

    /// <summary>
    /// Whoever types in a chat names no secret of the bot or of another client: of the environment only what bears the client's name.
    /// </summary>
    private static string? CheckSecret(TenantId tenant, string secret, IEnumerable<TenantId> tenants)
    {
        var reference = new SecretReference(secret);
        var prefix = SecretNames.GetVariablePrefix(tenant);
        if (secret.Length > MaxSecretLength)
            return $"longer than {MaxSecretLength} characters.";
        if (reference.Path is not null || reference.StoredName is not null)
            return "a file can be named in the bot's settings only; type the secret itself.";
        if (reference.VaultName is { } name)
            return CheckVaultName(tenant, name, tenants);
        return reference.Variable is { } variable && (!variable.StartsWith(prefix, StringComparison.Ordinal)
            || tenants.Select(SecretNames.GetVariablePrefix).Any(other => other.Length > prefix.Length
                && variable.StartsWith(other, StringComparison.Ordinal)))
            ? $"only variables that begin with {prefix} may be named here; type the secret itself."
            : null;
    }

    private static string? CheckVaultName(TenantId tenant, string name, IEnumerable<TenantId> tenants)
    {
        if (!KeyVaultSecrets.IsName(name))
            return "no name that Key Vault could know: letters, digits and hyphens.";
        var prefix = $"{tenant.Value}-";
        return KeyVaultSecrets.IsKeptName(name) || !name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
            || tenants.Select(static other => $"{other.Value}-").Any(other => other.Length > prefix.Length
                && name.StartsWith(other, StringComparison.OrdinalIgnoreCase))
                ? $"only secrets of Key Vault that begin with {prefix} may be named here; type the secret itself."
                : null;
    }
}
