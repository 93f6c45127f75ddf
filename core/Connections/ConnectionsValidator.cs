using System.Collections.Immutable;
using System.Text.RegularExpressions;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Connections;

/// <summary>
/// Names every validation error in section <c>Connections</c> at once. A connector that needs the clients cannot be asked while section
/// <c>Tenants</c> has validation errors, which that section tells; whose connections they are is told all the same.
/// </summary>
internal sealed partial class ConnectionsValidator(IServiceProvider services, IEnumerable<IConfigureOptions<TenantsOptions>> tenants)
    : IValidateOptions<ConnectionsOptions>
{
    // As they are written, whatever else is wrong with them.
    private readonly HashSet<string> written = new OptionsFactory<TenantsOptions>(tenants, []).Create(Options.DefaultName)
        .Tenants.Keys.Select(static id => TenantId.TryParse(id, out var tenant) ? tenant.Value : id)
        .ToHashSet(StringComparer.OrdinalIgnoreCase);

    public ValidateOptionsResult Validate(string? name, ConnectionsOptions options)
    {
        var connectors = Connectors.From(services);
        List<string> problems = [.. connectors?.ValidationErrors ?? [],
            .. options.Connections.SelectMany(pair => Problems(pair.Key, pair.Value, connectors))];
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private IEnumerable<string> Problems(string name, ConnectionSettings? settings, Connectors? connectors)
    {
        var at = $"Connections:{name}";
        if (!Shape().IsMatch(name))
            yield return $"{at}: the name may have letters, digits and hyphens only, at most 63.";
        var isTenantId = TenantId.TryParse(settings?.Tenant, out var tenant);
        var tenantIsKnown = settings?.Tenant is { } named && written.Contains(isTenantId ? tenant.Value : named);
        if (string.IsNullOrWhiteSpace(settings?.Tenant))
            yield return $"{at}:Tenant: missing.";
        else if (!tenantIsKnown)
            yield return $"{at}:Tenant: there is no tenant '{settings.Tenant}' in section Tenants.";
        if (settings?.StaleAfter is { } silent && silent < TimeSpan.Zero)
            yield return $"{at}:StaleAfter: must not be negative.";
        if (connectors is null)
            yield break;
        var connectorIsKnown = settings?.Connector is { } connector && connectors.Known.Contains(connector.Trim());
        if (string.IsNullOrWhiteSpace(settings?.Connector))
            yield return $"{at}:Connector: missing; known are {string.Join(", ", connectors.Known)}.";
        else if (!connectorIsKnown)
            yield return $"{at}:Connector: there is no connector '{settings.Connector}'; known are {string.Join(", ", connectors.Known)}.";
        if (!tenantIsKnown || !isTenantId || !connectorIsKnown)
            yield break;
        var connection = ConfiguredConnections.Read(name, settings!);
        foreach (var problem in SharedSettings.Problems(
            connection, [.. connectors.Checks[connection.Connector]], connectors.GetActions(connection.Connector)))
            yield return $"{at}:Settings:{problem}";
    }

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9-]{0,62}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Shape();

    private sealed record Connectors(ILookup<string, IConnectionCheck> Checks, SortedSet<string> Known,
        IReadOnlyDictionary<string, IConnector> Acting, IReadOnlyList<string> ValidationErrors)
    {
        public IReadOnlyDictionary<string, ActionSpec> GetActions(string connector) =>
            Acting.GetValueOrDefault(connector)?.Actions ?? ImmutableDictionary<string, ActionSpec>.Empty;

        /// <summary>Null when one of them cannot be made, because another section has validation errors.</summary>
        public static Connectors? From(IServiceProvider services)
        {
            try
            {
                List<IConnector> connectors = [.. services.GetServices<IConnector>()];
                List<IConnectionCheck> checks = [.. services.GetServices<IConnectionCheck>()];
                return new(
                    checks.ToLookup(static check => check.Connector, StringComparer.OrdinalIgnoreCase),
                    new(connectors.Select(static connector => connector.Name).Concat(checks.Select(static check => check.Connector)),
                        StringComparer.OrdinalIgnoreCase),
                    connectors.ToDictionary(static connector => connector.Name, StringComparer.OrdinalIgnoreCase),
                    [.. connectors.SelectMany(static connector =>
                        CatalogRules.ValidationErrors(connector.Actions).Select(error => $"The connector {connector.Name}: {error}"))]);
            }
            catch (OptionsValidationException)
            {
                return null;
            }
        }
    }
}
