using DevOpsAI.Connections;
using DevOpsAI.Connections.Identity;
using DevOpsAI.Drafting;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;

namespace DevOpsAI.Tickets;

/// <summary>What the PSA knows of an incident's device.</summary>
/// <param name="Device">Null where it does not know it for sure; <paramref name="Problem"/> says why.</param>
internal sealed record PsaDevice(Target? Device, string? Problem);

/// <summary>
/// Finds what a PSA has for an incident: the ticket that carries the reference, the device that it is about, and that device's open ticket
/// about the very alert. A title alone is never enough: it has to be a ticket of this device, and the only one.
/// </summary>
internal sealed class TicketFinder(
    IConnections connections, TargetSearch search, ClientNames clients, TenantStates states, PsaCalls calls)
{
    private const string TicketPrefix = "ticket.";
    private const string TitleSuffix = ".title";

    /// <summary>Arguments of actions that say which part of a device is meant.</summary>
    private static readonly string[] PartArguments = ["volume", "service", "job", "process", "array", "queue", "certificate"];

    /// <summary>Those that carry the reference; none where the PSA has none.</summary>
    /// <exception cref="PsaUnavailableException">The PSA does not answer, or refuses to be searched.</exception>
    public async Task<IReadOnlyList<Target>> FindByReferenceAsync(Psa psa, string reference, CancellationToken cancellationToken) =>
        await calls.FindAsync(psa, "ticket", reference, cancellationToken);

    /// <summary>
    /// The device's open ticket that names the alert, where there is exactly one and it is no other incident's; else null.
    /// </summary>
    /// <exception cref="PsaUnavailableException">The PSA does not answer, or refuses to tell of the device.</exception>
    public async Task<Target?> FindOfDeviceAsync(Incident incident, Psa psa, Target device, CancellationToken cancellationToken)
    {
        var seen = await calls.ObserveAsync(psa, device, cancellationToken)
            ?? throw new PsaUnavailableException($"{psa.Name} refuses to tell of {device.Name}, so that nothing is known of its tickets.");
        if (seen.GetValueOrDefault(Capabilities.DeviceTickets) == Capabilities.Unreadable)
        {
            throw new PsaUnavailableException(
                $"{psa.Name} refuses to tell the tickets of {device.Name}, so that nothing is known of them.");
        }
        var state = await states.GetAsync(incident.Tenant, cancellationToken);
        List<string> tickets =
        [
            .. seen.Where(one => GetTicket(one.Key) is not null && NamesAlert(one.Value, incident))
                .Select(static one => GetTicket(one.Key)!)
                .Where(ticket => state.Tickets.FindByTicket(psa.Name, ticket) is null),
        ];
        if (tickets is not [var only])
            return null;
        return await calls.FindAsync(psa, "ticket", only, cancellationToken) is [var target] ? target : null;
    }

    /// <summary>The PSA's record of the incident's device.</summary>
    /// <exception cref="PsaUnavailableException">The PSA does not answer.</exception>
    public async Task<PsaDevice> FindDeviceAsync(Incident incident, Psa psa, CancellationToken cancellationToken)
    {
        var acted = incident.PlanInForce.Steps.Select(static step => step.Target).FirstOrDefault(static target => target.Kind == "device");
        if (incident.Opened.Scope != IncidentScope.One)
            return new(null, "It gathers several alerts, so that there is no one device to have a ticket.");
        if ((acted?.Name ?? incident.Opened.Device) is not { } given || TargetNames.From(given) is not { } names)
            return new(null, "It names no device, and a ticket is one of a device.");
        if (acted is null && CheckName(incident, names) is { } refused)
            return new(null, refused);
        foreach (var name in new[] { names.Given, names.Short }.OfType<string>())
        {
            var found = await search.FindAsync(connections.For(incident.Tenant), "device", name, cancellationToken);
            if (found.Troubles.FirstOrDefault(trouble => trouble.Connection == psa.Name) is { IsRefused: false } silent)
                throw new PsaUnavailableException($"{psa.Name} does not answer: {silent.Message}");
            var own = found.Found.Where(one => !clients.IsOther(incident.Tenant, one.Target.Client))
                .Select(static one => one.Known).ToList();
            if (own.Exists(one => one.Target.Connection == psa.Name))
                return await ChooseAsync(incident, psa, name, own, acted, cancellationToken);
        }
        return new(null, $"{psa.Name} knows no device {QuotedText.Short(names.Short ?? names.Given)}.");
    }

    /// <summary>A name that drafting takes for nobody's device of this client is nobody's here either.</summary>
    private string? CheckName(Incident incident, TargetNames names)
    {
        if (incident.Opened.Subject is not null)
            return "It is about a user, and a ticket is one of a device.";
        if (SelfNames.Is(names.Given))
            return $"{QuotedText.Short(names.Given)} is what every machine calls itself.";
        return names.Domain.Any(part => clients.IsOther(incident.Tenant, part))
            ? $"{QuotedText.Short(names.Given)} carries the name of another client."
            : null;
    }

    private async Task<PsaDevice> ChooseAsync(
        Incident incident, Psa psa, string name, List<KnownTarget> own, Target? acted, CancellationToken cancellationToken)
    {
        var state = await states.GetAsync(incident.Tenant, cancellationToken);
        var things = IdentityMap.Group(own, state.Identity.Find("device", name));
        var meant = things.Where(thing => acted is null || thing.In(acted.Connection)?.Target.Id == acted.Id).ToList();
        // A plan's connection may give no answer just now: the name is then all there is, and it has to be one device's.
        if (meant.Count == 0)
            meant = [.. things];
        return meant is [var thing] && thing.In(psa.Name) is { } record
            ? new(record.Target, null)
            : new(null, $"Which device {QuotedText.Short(name)} is in {psa.Name} is not certain: "
                + $"{QuotedText.List(own.Select(static known => known.ToString()))}.");
    }

    /// <summary>The alert's title, or its name as a word of its own.</summary>
    private static bool NamesAlert(string title, Incident incident)
    {
        if (TicketReference.FindIncident(title) is not null)
            return false;
        var kind = incident.Opened.Kind;
        return (kind.Length > 3 && IsWord(title, kind) && NamesPart(title, incident))
            || title.Contains(incident.Title, StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsWord(string title, string word)
    {
        var at = title.IndexOf(word, StringComparison.OrdinalIgnoreCase);
        return at >= 0 && (at == 0 || !char.IsLetterOrDigit(title[at - 1]))
            && (at + word.Length == title.Length || !char.IsLetterOrDigit(title[at + word.Length]));
    }

    /// <summary>A ticket about another drive or service of the device is another ticket.</summary>
    private static bool NamesPart(string title, Incident incident)
    {
        var parts = incident.PlanInForce.Steps.SelectMany(static step => step.Arguments)
            .Where(static argument => PartArguments.Contains(argument.Key)).Select(static argument => argument.Value).ToList();
        return parts.Count == 0 || parts.Exists(part => IsWord(title, part));
    }

    /// <summary>The ticket in <c>ticket.10423.title</c>; null for every other observation.</summary>
    private static string? GetTicket(string observation) =>
        observation.StartsWith(TicketPrefix, StringComparison.Ordinal) && observation.EndsWith(TitleSuffix, StringComparison.Ordinal)
        && observation.Length > TicketPrefix.Length + TitleSuffix.Length
            ? observation[TicketPrefix.Length..^TitleSuffix.Length]
            : null;
}
