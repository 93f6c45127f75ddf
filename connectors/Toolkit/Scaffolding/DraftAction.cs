using DevOpsAI.Connections;

namespace DevOpsAI.Connectors.Toolkit.Scaffolding;

/// <summary>
/// An action of a manifest, from an operation that changes something. Until somebody decides it is the connector's own, cannot be undone,
/// reaches the whole client and is sent once: no gate opens for it by itself, and no runbook asks for it.
/// </summary>
internal sealed class DraftAction(string connector, ApiDescription api, DraftTarget targets)
{
    private readonly HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);

    public YamlDraft Write(ApiOperation operation, ApiResource resource)
    {
        var arguments = new DraftArguments();
        var call = Call(operation, resource, arguments);
        var body = operation.Method == HttpMethod.Delete ? null : arguments.Body(operation.Body);
        var name = Name(operation);
        var title = operation.Summary.Length > 0 ? operation.Summary : ApiText.Line(operation.Id, 80);
        var draft = new YamlDraft()
            .Line(1, $"{name}:", Vocabulary(operation, resource.Kind))
            .Line(2, $"title: {ApiText.Quoted(title)}")
            .Line(2, $"target: {resource.Kind}")
            .Add(arguments.Write(2))
            .Line(2, "reversibility: irreversible", "reversible or partly, with a rollback, where that is so")
            .Line(2, "blastRadius: tenant", "nothing, oneDevice, oneUser, site or tenant: how far it reaches")
            .Line(2, "idempotent: false", "true where doing it twice is doing it once")
            .Line(2, $"command: {ApiText.Quoted(arguments.Command($"{ApiText.Line(api.Title, 40)} {ApiText.Line(name, 60)}"))}")
            .Line(2, $"call: {ApiText.Quoted(call)}");
        if (body is not null)
            draft.Line(2, $"body: {body}");
        if (arguments.LeftOut.Count > 0)
            draft.Line(2, $"# left out of the body: {string.Join(", ", arguments.LeftOut.Distinct().Take(12))}");
        return draft;
    }

    private string Call(ApiOperation operation, ApiResource resource, DraftArguments arguments)
    {
        var at = resource.Read.Segments.Length - 1;
        var path = targets.Path(operation.Segments[..at]) + "/{$target.id}";
        foreach (var segment in operation.Segments[(at + 1)..])
        {
            var name = segment.Trim('{', '}');
            path += "/" + (ApiResources.IsParameter(segment) ? arguments.Add(name, operation.PathSchema(name), isRequired: true) : segment);
        }
        var query = operation.Query.Where(static one => one.Required)
            .Select(one => $"{one.Name}={arguments.Add(one.Name!, one.Schema, isRequired: true)}").ToList();
        return $"{operation.Method} {path}{(query.Count == 0 ? "" : $"?{string.Join('&', query)}")}";
    }

    private string Name(ApiOperation operation)
    {
        var name = $"{connector}.{ApiText.Camel(operation.Id)}";
        for (var twin = 2; !names.Add(name); twin++)
            name = $"{connector}.{ApiText.Camel(operation.Id)}{twin}";
        return name;
    }

    private static string Vocabulary(ApiOperation operation, string kind)
    {
        var words = $"{operation.Id} {operation.Path}";
        var alike = Capabilities.Actions.Values.Where(one => one.TargetKind == kind).Select(static one => one.Name)
            .Where(name => name.Split('.', '-').All(word => words.Contains(word, StringComparison.OrdinalIgnoreCase)))
            .MaxBy(static name => name.Length);
        var perhaps = alike is null ? "" : $", perhaps {alike}";
        return $"which action of docs/capabilities.md this is{perhaps}; else it stays this vendor's own";
    }
}
