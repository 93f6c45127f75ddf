using DevOpsAI.Connections;
using DevOpsAI.Connections.Identity;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Drafting;

/// <summary>
/// Finds the one thing that an event names, through the tenant's own connections only, and reads its state. Names must be equal
/// (ignoring case) as given or without domain; nothing is ever guessed from a similar name.
/// </summary>
internal sealed class TargetResolver(
    IConnections connections, TargetSearch search, AbleTools able, ClientNames clients, TenantStates states, TimeProvider clock)
{
    /// <summary>Where a device is looked for when the source gave only an address, or nothing.</summary>
    private static readonly string[] DeviceAttributes = ["nodename", "hostname", "host", "computer", "computer_name", "device_name",
        "instance"];

    private static readonly string[] NamedAttributes = [.. DeviceAttributes.Where(static name => name != "instance")];

    /// <summary>
    /// Attributes in which sources say which client they mean. The credential decides that, so they can only contradict it.
    /// </summary>
    private static readonly string[] ClientAttributes = ["tenant", "tenantid", "tenant_id", "customer", "client",
        "organization", "company"];

    /// <summary>As many names as one thing may go by in an incident; each is asked for.</summary>
    private const int MaxNames = 3;

    public Task<Resolution> ResolveAsync(
        TenantId tenant, Runbook runbook, IReadOnlyList<EventReceived> events, CancellationToken cancellationToken) =>
        ResolveAsync(tenant, runbook.Target, () => Offers.For(connections, tenant, runbook), events, cancellationToken);

    /// <summary>As for a runbook, where none says what is needed: connections that offer anything for this kind of target.</summary>
    public Task<Resolution> ResolveAsync(
        TenantId tenant, string kind, IReadOnlyList<EventReceived> events, CancellationToken cancellationToken) =>
        ResolveAsync(tenant, new TargetRule(kind, []), () => Offers.ForKind(connections, tenant, kind), events, cancellationToken);

    private async Task<Resolution> ResolveAsync(
        TenantId tenant, TargetRule rule, Func<Offers> offer, IReadOnlyList<EventReceived> events, CancellationToken cancellationToken)
    {
        var client = clients.For(tenant);
        if (ForeignLabel(tenant, events) is { } label)
            return new Resolution.Problem($"The event's '{label}' names another client than {client}.");
        var texts = NamesIn(rule, events);
        if (texts.Count == 0)
            return new Resolution.Problem($"The event names no {rule.Kind}.");
        if (texts.Count > MaxNames)
            return new Resolution.Problem(Several(rule.Kind, texts));
        var offers = offer();
        if (offers.Able.Count == 0)
            return new Resolution.Problem(offers.DescribeMissing(client));
        var question = new Question(
            tenant, client, rule.Kind, offers, [.. events.Select(received => received.Connection).Distinct()]);
        Resolution? one = null;
        foreach (var text in texts)
        {
            var next = await ResolveAsync(question, text, cancellationToken);
            if (texts.Count == 1 || next is Resolution.Unreachable)
                return next;
            // With and without its domain a device may have two names; two devices may not.
            if (next is not Resolution.Found found || (one is Resolution.Found before && before.Target != found.Target))
                return new Resolution.Problem(Several(rule.Kind, texts));
            one = next;
        }
        return one!;
    }

    private async Task<Resolution> ResolveAsync(Question question, string text, CancellationToken cancellationToken)
    {
        var (tenant, client, kind, _, _) = question;
        if (TargetNames.From(text) is not { } names)
            return new Resolution.Problem($"'{QuotedText.Short(text)}' is no name of a {kind}.");
        if (kind == "device" && SelfNames.Is(names.Given))
            return new Resolution.Problem(
                $"The event names no {kind}: '{QuotedText.Short(names.Given)}' is what every machine calls itself.");
        return names.Domain.Any(part => clients.IsOther(tenant, part))
            ? new Resolution.Problem($"'{QuotedText.Short(names.Given)}' carries the name of another client than {client}.")
            : await FindAsync(question, names, cancellationToken);
    }

    private static string Several(string kind, IReadOnlyList<string> texts) =>
        $"The events name several {kind}s: {QuotedText.List(texts)}.";

    private async Task<Resolution> FindAsync(Question question, TargetNames names, CancellationToken cancellationToken)
    {
        Resolution? unanswered = null;
        foreach (var name in new[] { names.Given, names.Short }.OfType<string>())
        {
            var confirmation = (await states.GetAsync(question.Tenant, cancellationToken)).Identity.Find(question.Kind, name);
            var known = await able.AskAsync(
                question.Offers.Able, question.RaisedBy, question.Kind, name, confirmation, cancellationToken);
            if (known.Needed is { } trouble)
                unanswered ??= NoAnswer(trouble);
            else if (known.Found.Count > 0 && (unanswered is null || known.IsSure))
                return await ChooseAsync(question, name, known, confirmation, cancellationToken);
        }
        if (unanswered is not null)
            return unanswered;
        var unknown = names.IsAddress
            ? $"{names.Given} is an IP address that no connection of {question.Client} knows as a {question.Kind}."
            : $"{question.Client} has no {question.Kind} named {QuotedText.Short(names.Short ?? names.Given)}.";
        // Only those that may act were asked.
        return new Resolution.Problem(question.Offers.DescribeSwitchedOff() is { } off ? $"{unknown} Not asked: {off}" : unknown);
    }

    private async Task<Resolution> ChooseAsync(
        Question question, string name, KnownToAble known, Confirmation? confirmation, CancellationToken cancellationToken)
    {
        if (known.Found.FirstOrDefault(one => clients.IsOther(question.Tenant, one.Target.Client)) is { } foreign)
        {
            return new Resolution.Problem(
                $"The vendor says that {QuotedText.Short(foreign.Target.Name)} belongs to another client than {question.Client}.");
        }
        var (others, silent) = await AskOthersAsync(question, name, cancellationToken);
        var choice = TargetChoice.Choose(new(
            question.Client, question.Kind, name, known.Found,
            [.. known.Unseen.Where(one => !clients.IsOther(question.Tenant, one.Target.Client)), .. others],
            question.RaisedBy, confirmation));
        return choice.Record is { } chosen
            ? new Resolution.Found(
                chosen.Target, connections.GetConnector(connections.Find(question.Tenant, chosen.Target.Connection)!), chosen.Observations!)
            {
                Reasons = [.. choice.Reasons, .. known.Silent.Select(one => Silent(one.Connection, name, one.Message)), .. silent],
            }
            : new Resolution.Problem(choice.Problem!);
    }

    /// <summary>
    /// What the tenant's other connections know of the name. They tell who is who and are not needed to act, so the draft waits a short
    /// time for them and says which did not answer.
    /// </summary>
    private async Task<(IReadOnlyList<FoundTarget> Found, IReadOnlyList<string> Silent)> AskOthersAsync(
        Question question, string name, CancellationToken cancellationToken)
    {
        if (question.Offers.Others.Count == 0)
            return ([], []);
        using var late = new CancellationTokenSource(AbleTools.OthersTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        var found = new List<FoundTarget>();
        var silent = new List<string>();
        foreach (var (connection, asked) in question.Offers.Others.Select(
            one => (one, search.FindAsync([one], question.Kind, name, either.Token))).ToList())
        {
            try
            {
                var result = await asked.WaitAsync(either.Token);
                found.AddRange(result.Found.Where(one => !clients.IsOther(question.Tenant, one.Target.Client)));
                silent.AddRange(result.Troubles.Select(trouble => Silent(connection.Name, name, trouble.Message)));
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                silent.Add(Silent(connection.Name, name, AbleTools.Late));
            }
        }
        return (found, silent);
    }

    private static string Silent(string connection, string name, string why) =>
        $"{connection} did not say whether it knows {QuotedText.Short(name)}: {QuotedText.Sentence(why, 160)}";

    private static Resolution NoAnswer(SearchTrouble trouble) => trouble.IsRefused
        ? new Resolution.Problem($"{trouble.Connection} refused: {QuotedText.Sentence(trouble.Message, 240)}")
        : new Resolution.Unreachable($"{trouble.Connection}: {QuotedText.Short(trouble.Message, 200)}", trouble.TryAgainIn);

    /// <summary>
    /// The names in the events, without repetitions: from the runbook's attributes, else the event's own device. Where that is missing or
    /// only an address, a device may also be named by its usual attributes.
    /// </summary>
    private static List<string> NamesIn(TargetRule rule, IReadOnlyList<EventReceived> events) =>
        [.. events.SelectMany(received => NamesIn(rule, received)).Distinct(StringComparer.OrdinalIgnoreCase)];

    private static IEnumerable<string> NamesIn(TargetRule rule, EventReceived received)
    {
        var name = Present(received, rule.From).FirstOrDefault() ?? received.Device?.Trim();
        if (rule.Kind != "device" || !(string.IsNullOrEmpty(name) || TargetNames.From(name) is { IsAddress: true }))
            return string.IsNullOrEmpty(name) ? [] : [name];
        // Attributes that contradict each other name several devices, and then a person must say which.
        // An exporter of others' figures leaves its own address, which names nothing that the alert is about.
        var where = RemoteExporters.IsAt(received.Kind, received.Attribute("instance"), received.Attribute("job"))
            ? NamedAttributes
            : DeviceAttributes;
        var usual = Present(received, where).Where(text => TargetNames.From(text) is { IsAddress: false })
            .DistinctBy(text => TargetNames.From(text)?.Short ?? TargetNames.From(text)?.Given, StringComparer.OrdinalIgnoreCase)
            .ToList();
        if (usual.Count > 0)
            return usual;
        return name is { Length: > 0 } ? [name] : Present(received, where).Take(1);
    }

    private static IEnumerable<string> Present(EventReceived received, IReadOnlyList<string> attributes) => attributes
        .Select(received.Attribute)
        .Where(text => !string.IsNullOrWhiteSpace(text))
        .Select(text => text!.Trim());

    private string? ForeignLabel(TenantId tenant, IReadOnlyList<EventReceived> events) =>
        ClientAttributes.FirstOrDefault(
            attribute => events.Any(received => received.Attribute(attribute) is { } text && clients.IsOther(tenant, text)));

    /// <summary>What is asked for each name that the events give.</summary>
    private sealed record Question(
        TenantId Tenant, string Client, string Kind, Offers Offers, IReadOnlyCollection<string> RaisedBy);
}

internal static class EventAttributes
{
    /// <summary>An attribute by name, ignoring case; null when the event has none.</summary>
    public static string? Attribute(this EventReceived received, string name) => received.Attributes.Attribute(name);

    /// <inheritdoc cref="Attribute(EventReceived, string)"/>
    public static string? Attribute(this IReadOnlyDictionary<string, string> attributes, string name) =>
        attributes.TryGetValue(name, out var text)
            ? text
            : attributes.FirstOrDefault(pair => pair.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
}
