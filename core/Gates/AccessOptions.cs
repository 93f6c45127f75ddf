using DevOpsAI.Tenancy;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Gates;

/// <summary>Who everybody is in local mode.</summary>
public enum LocalAccess
{
    /// <summary>Everybody is administrator of every tenant.</summary>
    Administrator,

    /// <summary>Roles come from configuration and commands only, as with real Teams.</summary>
    None,
}

/// <summary>Section <c>Access</c>.</summary>
public sealed class AccessOptions
{
    /// <summary>Counts in local mode only.</summary>
    public LocalAccess Local { get; set; } = LocalAccess.Administrator;

    /// <summary>Entra object ids by tenant (or <c>*</c> for all of them) and role. A role taken by command is not given back by these.</summary>
    public Dictionary<string, Dictionary<string, List<string>>> Roles { get; } = new(StringComparer.OrdinalIgnoreCase);
}

internal sealed class AccessOptionsValidator(ITenantDirectory tenants) : IValidateOptions<AccessOptions>
{
    public ValidateOptionsResult Validate(string? name, AccessOptions options)
    {
        var mistakes = new List<string>();
        foreach (var (tenant, roles) in options.Roles)
        {
            if (tenant != ConfiguredAccess.Everywhere && !(TenantId.TryParse(tenant, out var id) && (tenants.Find(id) ?? tenants.FindElsewhere(id)?.Tenant) is not null))
                mistakes.Add($"Access:Roles:{tenant}: there is no such tenant.");
            foreach (var (role, people) in roles)
            {
                if (!IsRole(role, out _))
                    mistakes.Add($"Access:Roles:{tenant}:{role}: the roles are technician, approver, manager, administrator and auditor.");
                if (people is null || people.Any(string.IsNullOrWhiteSpace))
                    mistakes.Add($"Access:Roles:{tenant}:{role}: must be a list of Entra object ids.");
            }
        }
        return mistakes.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
    }

    public static bool IsRole(string text, out Role role) => Enum.TryParse(text, ignoreCase: true, out role) && Enum.IsDefined(role) && !char.IsDigit(text[0]);
}
