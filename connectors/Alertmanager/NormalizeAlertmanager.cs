using System.Security.Cryptography;
using System.Text;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Incidents;
using MediatR;

namespace DevOpsAI.Connectors.Alertmanager;

/// <summary>Reads a delivery of Alertmanager: one event for each alert of the group.</summary>
public sealed record NormalizeAlertmanager(ReadOnlyMemory<byte> Body) : IRequest<NormalizedEvents>;

internal sealed class NormalizeAlertmanagerHandler : IRequestHandler<NormalizeAlertmanager, NormalizedEvents>
{
    private static readonly string[] TitleAnnotations = ["summary", "title", "message", "description"];
    private static readonly string[] ThingLabels = ["pod", "container", "deployment", "vm_name", "url", "target", "instance_id", "database",
        "queue", "topic", "service", "exported_service", "bucket", "mailbox", "user"];
    private static readonly string[] DescriptionAnnotations = ["description", "message"];

    public Task<NormalizedEvents> Handle(NormalizeAlertmanager request, CancellationToken cancellationToken)
    {
        using var document = InboundJson.Parse(request.Body);
        var group = document.Root();
        // Grafana's own webhook has the same form and calls it 1.
        if (group.Find("version") is { } version && version.AsText() is not ("4" or "1"))
            throw version.Malformed(
                "is neither \"4\" (Alertmanager) nor \"1\" (Grafana), the versions of this webhook that are understood.");
        var truncated = group.Find("truncatedAlerts")?.AsScalar();
        var external = group.Find("externalURL")?.AsScalar();
        return Task.FromResult(new NormalizedEvents([.. group.Get("alerts").Items().Select(alert => Read(alert, truncated, external))]));
    }

    private static ConnectorEvent Read(JsonField alert, string? truncated, string? external)
    {
        var labels = Texts(alert.Get("labels"));
        var annotations = alert.Find("annotations") is { } given ? Texts(given) : [];
        var status = GetStatus(alert.Get("status"));
        var startsAt = alert.Get("startsAt");
        var beganAt = startsAt.AsTime();
        var occurredAt = beganAt;
        if (status == EventStatus.Resolved && alert.Find("endsAt")?.AsTime() is { } ended && ended > occurredAt)
            occurredAt = ended;
        var fingerprint = alert.FindText("fingerprint") is var sent && !string.IsNullOrWhiteSpace(sent) ? sent : Fingerprint(labels);
        var kind = labels.GetValueOrDefault("alertname") is var name && !string.IsNullOrWhiteSpace(name) ? name : "Alert";
        var isTest = IsTestOfGrafana(kind, labels);
        var subject = isTest ? Subject.None : Subjects.Find(kind, labels);
        var title = First(annotations, TitleAnnotations);
        return new(
            $"{fingerprint}/{startsAt.AsText()}/{(status == EventStatus.Firing ? "firing" : "resolved")}",
            status,
            isTest ? Severity.Info : Severities.Parse(labels.GetValueOrDefault("severity")),
            kind,
            subject.Name,
            AlertTexts.Title(title, kind, subject.Name ?? GetThing(labels), labels.GetValueOrDefault("instance")),
            AlertTexts.Description(First(annotations, DescriptionAnnotations), title),
            fingerprint,
            occurredAt,
            Attributes(labels, annotations, truncated, GetLinks(alert, annotations, external)),
            subject.IsUser)
        {
            StandsSince = beganAt,
        };
    }

    /// <summary>What the button Test of a contact point sends: there is no device called Grafana, and nothing that would end it.</summary>
    private static bool IsTestOfGrafana(string kind, Dictionary<string, string> labels) =>
        kind == "TestAlert" && labels.GetValueOrDefault("instance") == "Grafana";

    /// <summary>What an alert without a device is about, to say where.</summary>
    private static string? GetThing(Dictionary<string, string> labels) => First(labels, ThingLabels);

    private static IEnumerable<KeyValuePair<string, string>> GetLinks(
        JsonField alert, Dictionary<string, string> annotations, string? external) =>
        AlertLinks.For(name => annotations.GetValueOrDefault(name) ?? (name == "externalURL" ? external : alert.Find(name)?.AsScalar()));

    private static EventStatus GetStatus(JsonField status) => status.AsText() switch
    {
        "firing" => EventStatus.Firing,
        "resolved" => EventStatus.Resolved,
        _ => throw status.Malformed("must be \"firing\" or \"resolved\"."),
    };

    private static Dictionary<string, string> Texts(JsonField field) =>
        field.Members().ToDictionary(member => member.Key, member => member.Value.AsText());

    /// <summary>Where a fingerprint is absent: the same for the same labels in any order.</summary>
    private static string Fingerprint(Dictionary<string, string> labels)
    {
        var text = string.Join(
            '\xFF', labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => label.Key + '\xFF' + label.Value));
        return "labels-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));
    }

    private static string? First(Dictionary<string, string> texts, IEnumerable<string> names) =>
        names.Select(name => texts.GetValueOrDefault(name)).FirstOrDefault(text => !string.IsNullOrWhiteSpace(text));

    /// <summary>Labels first, because they are what runbooks read; an annotation with a label's name is told apart.</summary>
    private static Dictionary<string, string> Attributes(
        Dictionary<string, string> labels, Dictionary<string, string> annotations, string? truncated,
        IEnumerable<KeyValuePair<string, string>> links)
    {
        var attributes = new Dictionary<string, string>();
        if (truncated is not null and not "0")
            attributes["truncatedAlerts"] = truncated;
        // Links before the many, so that none is left out.
        foreach (var (name, link) in links.Where(link => !labels.ContainsKey(link.Key)))
            attributes[name] = link;
        foreach (var (name, value) in labels)
            attributes.TryAdd(name, value);
        foreach (var (name, value) in annotations)
            attributes.TryAdd(attributes.TryGetValue(name, out var known) && known != value.Trim() ? "annotation." + name : name, value);
        return attributes;
    }
}
