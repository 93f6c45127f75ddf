using System.Security.Cryptography;
using System.Text;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Incidents;
using MediatR;

namespace DevOpsAI.Connectors.Alertmanager;

/// <summary>Reads a delivery of Alertmanager: one event for each alert of the group.</summary>
public sealed record NormaliseAlertmanager(ReadOnlyMemory<byte> Body) : IRequest<Normalised>;

internal sealed class NormaliseAlertmanagerHandler : IRequestHandler<NormaliseAlertmanager, Normalised>
{
    private static readonly string[] TitleAnnotations = ["summary", "title", "message", "description"];
    private static readonly string[] DescriptionAnnotations = ["description", "message"];

    public Task<Normalised> Handle(NormaliseAlertmanager request, CancellationToken cancellationToken)
    {
        using var document = InboundJson.Parse(request.Body);
        var group = document.Root();
        if (group.Find("version") is { } version && version.AsText() != "4")
            throw version.Malformed("is not \"4\", the only version of Alertmanager's webhook that is understood.");
        var truncated = group.Find("truncatedAlerts")?.AsScalar();
        return Task.FromResult(new Normalised([.. group.Get("alerts").Items().Select(alert => Read(alert, truncated))]));
    }

    private static ConnectorEvent Read(JsonField alert, string? truncated)
    {
        var labels = Texts(alert.Get("labels"));
        var annotations = alert.Find("annotations") is { } given ? Texts(given) : [];
        var status = StatusOf(alert.Get("status"));
        var startsAt = alert.Get("startsAt");
        var beganAt = startsAt.AsTime();
        var occurredAt = beganAt;
        if (status == EventStatus.Resolved && alert.Find("endsAt")?.AsTime() is { } ended && ended > occurredAt)
            occurredAt = ended;
        var fingerprint = alert.FindText("fingerprint") is { Length: > 0 } sent ? sent : Fingerprint(labels);
        var kind = labels.GetValueOrDefault("alertname") is { Length: > 0 } name ? name : "Alert";
        var subject = Subjects.Find(kind, labels);
        var title = First(annotations, TitleAnnotations);
        return new(
            $"{fingerprint}/{startsAt.AsText()}/{(status == EventStatus.Firing ? "firing" : "resolved")}",
            status,
            Severities.Parse(labels.GetValueOrDefault("severity")),
            kind,
            subject.Name,
            title ?? (subject.Name is null ? kind : $"{kind} on {subject.Name}"),
            First(annotations, DescriptionAnnotations) is { } description && description != title ? description : null,
            fingerprint,
            occurredAt,
            Attributes(labels, annotations, alert.FindText("generatorURL"), truncated),
            subject.IsUser)
        {
            StandsSince = beganAt,
        };
    }

    private static EventStatus StatusOf(JsonField status) => status.AsText() switch
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
        var text = string.Join('\xFF', labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => label.Key + '\xFF' + label.Value));
        return "labels-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));
    }

    private static string? First(Dictionary<string, string> annotations, IEnumerable<string> names) =>
        names.Select(name => annotations.GetValueOrDefault(name)).FirstOrDefault(text => !string.IsNullOrWhiteSpace(text));

    /// <summary>Labels first, because they are what runbooks read; an annotation with a label's name is told apart.</summary>
    private static Dictionary<string, string> Attributes(
        Dictionary<string, string> labels, Dictionary<string, string> annotations, string? generator, string? truncated)
    {
        var attributes = new Dictionary<string, string>();
        if (truncated is not null and not "0")
            attributes["truncatedAlerts"] = truncated;
        foreach (var (name, value) in labels)
            attributes.TryAdd(name, value);
        foreach (var (name, value) in annotations)
            attributes.TryAdd(attributes.ContainsKey(name) ? "annotation." + name : name, value);
        if (!string.IsNullOrEmpty(generator))
            attributes.TryAdd("generatorURL", generator);
        return attributes;
    }
}
