using DevOpsAI.Common.Yaml;

namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>Reads the part of a manifest that is about lists which the vendor is asked for now and then.</summary>
internal static class PollReader
{
    public static PollManifest Poll(YamlFields fields, ManifestScope scope)
    {
        var cursor = fields.OptionalMapping("cursor") is { } own ? Cursor(own, scope) : null;
        string[] given = cursor is null ? ManifestScope.Settings : [PollManifest.Since, .. ManifestScope.Settings];
        var list = ManifestReader.List(fields, scope, given, close: false);
        var first = fields.Has("first") ? scope.Request(fields, "first", ManifestScope.Settings) : null;
        if (cursor is { IsId: true } && first is null && list.Request.Path.Given.Contains(PollManifest.Since))
            fields.Error("'first' is missing: before there is an id to go on from, another request has to be made, as for the newest ones");
        if (first is not null && first.Method != HttpMethod.Get)
            fields.Error("'first' must be a GET", fields.LineAt("first"));
        var poll = new PollManifest(
            list, first, cursor, TimeSpan.FromSeconds(fields.Has("everySeconds") ? fields.Number("everySeconds", 30, 86_400) : 300),
            fields.OptionalMapping("read") is { } read ? Read(read, scope) : null,
            [.. fields.Each("events").Select(one => WebhookReader.Event(one, scope, isPolled: true))]);
        if (poll.Events.Count == 0)
            fields.Wrong("events", "a list of at least one kind of event", 0);
        fields.NothingElse();
        return poll;
    }

    private static CursorRule Cursor(YamlFields fields, ManifestScope scope)
    {
        var isId = fields.Choice<CursorKind>("is") == CursorKind.Id;
        var rule = new CursorRule(
            isId,
            scope.Template(fields, "of", []),
            fields.Has("overlap") ? fields.Number("overlap", 0, 1_000_000) : DefaultOverlap(isId),
            TimeSpan.FromSeconds(!isId && fields.Has("lookBackSeconds") ? fields.Number("lookBackSeconds", 0, 31_536_000) : 3600));
        fields.NothingElse();
        return rule;
    }

    private static int DefaultOverlap(bool isId) => isId ? 0 : 300;

    private static PollRead Read(YamlFields fields, ManifestScope scope)
    {
        var rule = new PollRead(
            scope.Template(fields, "id", []), scope.Request(fields, "request", [PollManifest.ReadId, .. ManifestScope.Settings]),
            fields.Text("as"));
        if (rule.Request.Method != HttpMethod.Get)
            fields.Error("what belongs to an event is read by GET", fields.LineAt("request"));
        fields.NothingElse();
        return rule;
    }
}
