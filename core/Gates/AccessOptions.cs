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

    /// <summary>
    /// Entra object ids by tenant (or <c>*</c> for all of them) and role; for somebody from another directory than the provider's own,
    /// <c>directory/object id</c>. A role taken by command is not given back by these.
    /// </summary>
    public Dictionary<string, Dictionary<string, List<string>>> Roles { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// A start that finds clients without an administrator prints a code; whoever sends it to the bot within ten minutes is administrator
    /// of them. Off where administrators are named in <see cref="Roles"/>: whoever reads the console could use it.
    /// </summary>
    public bool FirstAdministratorCode { get; set; }

    /// <summary>Who is away and when; each is recorded once. Taking a line out again does not end an absence.</summary>
    public List<AbsenceSettings> Absences { get; } = [];
}

/// <summary>Section <c>Access:Absences:{n}</c>.</summary>
public sealed class AbsenceSettings
{
    /// <summary>A tenant, or <c>*</c> for all of them.</summary>
    public string Tenant { get; set; } = ConfiguredAccess.Everywhere;

    /// <summary>Entra object id.</summary>
    public string Person { get; set; } = "";

    /// <summary>What to call them; the object id when it is not given.</summary>
    public string? Name { get; set; }

    /// <summary>With its offset, as in <c>2026-12-23T18:00+01:00</c>.</summary>
    public DateTimeOffset From { get; set; }

    public DateTimeOffset Until { get; set; }

    /// <summary>Entra object id of who decides in their name meanwhile.</summary>
    public string? Delegate { get; set; }

    public string? DelegateName { get; set; }

    public string? Reason { get; set; }

    internal AbsenceSet ToFact()
    {
        var who = PersonId.From(Person).Folded;
        var deputy = string.IsNullOrWhiteSpace(Delegate) ? null : PersonId.From(Delegate).Folded;
        return new(who, Name ?? who, From.ToUniversalTime(), Until.ToUniversalTime(), deputy,
            deputy is null ? null : DelegateName ?? deputy, string.IsNullOrWhiteSpace(Reason) ? null : Reason.Trim());
    }
}

internal sealed class AccessOptionsValidator(ITenantDirectory tenants) : IValidateOptions<AccessOptions>
{
    private const string NoObjectId =
        "is no Entra object id, which is a GUID as in 01234567-89ab-cdef-0123-456789abcdef (of another directory: directory/object id); "
        + "Entra shows it on the user's page.";

    public ValidateOptionsResult Validate(string? name, AccessOptions options)
    {
        var errors = new List<string>();
        foreach (var (tenant, roles) in options.Roles)
        {
            if (!IsKnown(tenant))
                errors.Add($"Access:Roles:{tenant}: there is no such tenant.");
            foreach (var (role, people) in roles)
            {
                if (!IsRole(role, out _))
                    errors.Add($"Access:Roles:{tenant}:{role}: the roles are technician, approver, manager, administrator and auditor.");
                if (people is null || people.Any(string.IsNullOrWhiteSpace))
                    errors.Add($"Access:Roles:{tenant}:{role}: must be a list of Entra object ids.");
                foreach (var person in (people ?? []).Where(static person => !string.IsNullOrWhiteSpace(person) && !IsObjectId(person)))
                    errors.Add($"Access:Roles:{tenant}:{role}: '{person}' {NoObjectId}");
            }
        }
        foreach (var (absence, number) in options.Absences.Select((absence, number) => (absence, number)))
        {
            if (!IsKnown(absence.Tenant))
                errors.Add($"Access:Absences:{number}:Tenant: there is no tenant '{absence.Tenant}'.");
            if (string.IsNullOrWhiteSpace(absence.Person))
                errors.Add($"Access:Absences:{number}:Person: must be an Entra object id.");
            else if (!IsObjectId(absence.Person))
                errors.Add($"Access:Absences:{number}:Person: '{absence.Person}' {NoObjectId}");
            if (absence.Delegate is { } named && !string.IsNullOrWhiteSpace(named) && !IsObjectId(named))
                errors.Add($"Access:Absences:{number}:Delegate: '{named}' {NoObjectId}");
            if (absence.Delegate is { } deputy && PersonId.From(deputy) == PersonId.From(absence.Person))
                errors.Add($"Access:Absences:{number}:Delegate: must be somebody else.");
            if (absence.Until <= absence.From || absence.Until - absence.From > AbsenceRules.Max)
                errors.Add($"Access:Absences:{number}:Until: must be after From, by a year at most.");
        }
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    /// <summary>As activities name people; a name, an address or a GUID in another spelling would never match anybody.</summary>
    private static bool IsObjectId(string text) => text.Trim().Split('/') is [.. var directory, var id] && directory.Length < 2
        && directory.Append(id).All(static part => Guid.TryParseExact(part, "D", out _));

    private bool IsKnown(string client) =>
        client == ConfiguredAccess.Everywhere
            || (TenantId.TryParse(client, out var id) && (tenants.Find(id) ?? tenants.FindInOtherRegion(id)?.Tenant) is not null);

    public static bool IsRole(string text, out Role role) =>
        Enum.TryParse(text, ignoreCase: true, out role) && Enum.IsDefined(role) && !char.IsDigit(text[0]);
}
