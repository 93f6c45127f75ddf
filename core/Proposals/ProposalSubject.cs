using System.Text.Json;
using System.Text.Json.Serialization;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Proposals;

/// <summary>
/// What a proposal is about: a kind of thing, as an area declares it, and an id that the area gives. Stored as one text: the bare id for an
/// incident (<c>CON-1042</c>), <c>{kind}:{id}</c> for everything else (<c>access-request:AR-7</c>). Two subjects never have the same text.
/// </summary>
[JsonConverter(typeof(ProposalSubjectJson))]
public sealed record ProposalSubject
{
    /// <summary>The kind whose ids stand alone, as they were stored before there were others.</summary>
    public const string IncidentKind = "incident";

    private const char Separator = ':';
    private const int MaxLength = 200;
    private const int MaxKindLength = 40;
    private const string StreamPrefix = "proposal/";

    private ProposalSubject(string kind, string id, string text) => (Kind, Id, Text) = (kind, id, text);

    /// <summary>In lower case, as in <c>access-request</c>.</summary>
    public string Kind { get; }

    /// <summary>Unique among the tenant's subjects of its kind.</summary>
    public string Id { get; }

    /// <summary>As it is stored; <see cref="Parse"/> reads it back.</summary>
    public string Text { get; }

    public bool IsIncident => Kind == IncidentKind;

    /// <summary>The incident that it is; null for every other kind.</summary>
    public IncidentId? Incident => IsIncident ? IncidentId.FromRecord(Id) : null;

    /// <summary>The stream that its proposal is a fold over.</summary>
    public StreamId Stream => new(StreamPrefix + Text);

    /// <exception cref="ArgumentException">The kind or the id cannot be stored, or would be read back as something else.</exception>
    public static ProposalSubject Create(string kind, string id)
    {
        if (!IsKind(kind))
            throw new ArgumentException($"'{kind}' is no kind of subject: letters a to z, digits, hyphens, a letter first.", nameof(kind));
        if (id.Length is 0 or > MaxLength || id.Any(char.IsControl) || id.Any(char.IsSurrogate))
            throw new ArgumentException($"The id of a subject has 1 to {MaxLength} characters and no control characters.", nameof(id));
        var subject = kind == IncidentKind ? new(kind, id, id) : new ProposalSubject(kind, id, $"{kind}{Separator}{id}");
        return Parse(subject.Text) == subject
            ? subject
            : throw new ArgumentException($"'{id}' is no id of an incident: it names another kind of subject.", nameof(id));
    }

    public static ProposalSubject ForIncident(IncidentId incident) => new(IncidentKind, incident.Value, incident.Value);

    /// <summary>Reads any stored text: what names no other kind is an incident's id.</summary>
    public static ProposalSubject Parse(string text)
    {
        var end = text.IndexOf(Separator, StringComparison.Ordinal);
        return end > 0 && end < text.Length - 1 && text[..end] is var kind && kind != IncidentKind && IsKind(kind)
            ? new(kind, text[(end + 1)..], text)
            : new(IncidentKind, text, text);
    }

    /// <summary>The subject of a proposal's stream; null for any other stream.</summary>
    public static ProposalSubject? From(StreamId stream) =>
        stream.Value.StartsWith(StreamPrefix, StringComparison.Ordinal) ? Parse(stream.Value[StreamPrefix.Length..]) : null;

    /// <summary>An incident is a subject as it is.</summary>
    public static implicit operator ProposalSubject(IncidentId incident) => ForIncident(incident);

    /// <summary>For a sentence: <c>CON-1042</c>, <c>access request AR-7</c>.</summary>
    public override string ToString() => IsIncident ? Id : $"{Kind.Replace('-', ' ')} {Id}";

    private static bool IsKind(string text) => text.Length is > 0 and <= MaxKindLength
        && char.IsAsciiLetterLower(text[0])
        && text.All(static letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-');
}

internal sealed class ProposalSubjectJson : JsonConverter<ProposalSubject>
{
    public override ProposalSubject? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString() is { } text ? ProposalSubject.Parse(text) : null;

    public override void Write(Utf8JsonWriter writer, ProposalSubject value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Text);
}
