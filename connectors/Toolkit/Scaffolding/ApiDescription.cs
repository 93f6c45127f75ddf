using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;

namespace DevOpsAI.Connectors.Toolkit.Scaffolding;

/// <summary>One operation of a vendor's interface, as its OpenAPI description tells it.</summary>
/// <param name="Path">As described, with its parameters in braces.</param>
/// <param name="Id">Its operation id, or one that is made of method and path.</param>
/// <param name="Body">Null when it takes none that is JSON.</param>
/// <param name="Answer">Null when the description does not say what it answers.</param>
internal sealed record ApiOperation(
    HttpMethod Method, string Path, string Id, string Summary, IReadOnlyList<IOpenApiParameter> Parameters, IOpenApiSchema? Body,
    IOpenApiSchema? Answer, IReadOnlyList<OpenApiSecurityRequirement> Security)
{
    /// <summary>The path in its parts, as <c>devices</c>, <c>{id}</c>.</summary>
    public string[] Segments { get; } = Path.Split('/', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>What it takes where that is no JSON and no form, as in <c>text/xml</c>; null for nothing.</summary>
    public string? OtherBody { get; init; }

    /// <summary>Whether its path has no place to fill.</summary>
    public bool IsPlain => !Path.Contains('{', StringComparison.Ordinal);

    public IEnumerable<IOpenApiParameter> Query => Parameters.Where(static one => one is { In: ParameterLocation.Query, Name.Length: > 0 });

    public IOpenApiSchema? PathSchema(string name) =>
        Parameters.FirstOrDefault(one => one.In == ParameterLocation.Path && one.Name == name)?.Schema;
}

/// <summary>An event that a vendor says it sends.</summary>
internal sealed record ApiWebhook(string Name, IOpenApiSchema Body, IReadOnlyList<IOpenApiParameter> Parameters);

/// <summary>A vendor's OpenAPI description, version 2, 3.0 or 3.1, in JSON or YAML. Nothing outside the file is read.</summary>
internal sealed class ApiDescription
{
    private ApiDescription(OpenApiDocument document, IReadOnlyList<ApiWebhook> webhooks)
    {
        Document = document;
        Webhooks = webhooks;
        Operations = [.. Read(document)];
    }

    public OpenApiDocument Document { get; }

    public IReadOnlyList<ApiOperation> Operations { get; }

    public IReadOnlyList<ApiWebhook> Webhooks { get; }

    /// <summary>Without what stands in brackets, as a note on the version often does.</summary>
    public string Title => ApiText.Line(Document.Info?.Title?.Split('(')[0], 60) is { Length: > 0 } title ? title : "The vendor";

    /// <exception cref="FormatException">The text is no OpenAPI description.</exception>
    public static ApiDescription Parse(string text)
    {
        var document = Load(text);
        if (document.Paths is not { Count: > 0 })
            throw new FormatException("The file describes no operations: it has no 'paths'.");
        return new(document, [.. ReadWebhooks(document, document.Webhooks).Concat(ReadExtension(document))]);
    }

    private static OpenApiDocument Load(string text)
    {
        var settings = new OpenApiReaderSettings { LeaveStreamOpen = false };
        settings.AddYamlReader();
        var format = text.AsSpan().TrimStart().StartsWith("{") ? "json" : "yaml";
        try
        {
            var read = OpenApiDocument.Parse(text, format, settings);
            return read.Document ?? throw new FormatException(
                $"The file is no OpenAPI description: {read.Diagnostic?.Errors.FirstOrDefault()?.Message ?? "nothing in it can be read"}");
        }
        // The readers throw whatever their parsers do.
        catch (Exception broken) when (broken is not FormatException)
        {
            throw new FormatException($"The file is no OpenAPI description: {ApiText.Line(broken.Message, 200)}", broken);
        }
    }

    private static IEnumerable<ApiOperation> Read(OpenApiDocument document)
    {
        foreach (var (path, item) in document.Paths)
        {
            foreach (var (method, operation) in item.Operations ?? [])
            {
                var parameters = (operation.Parameters ?? []).Concat(item.Parameters ?? [])
                    .DistinctBy(static one => (one.In, one.Name)).ToList();
                yield return new(
                    method, path, operation.OperationId is { Length: > 0 } id ? id : $"{method.Method.ToLowerInvariant()}{path}",
                    ApiText.Line(operation.Summary ?? operation.Description, 80), parameters, Json(operation.RequestBody?.Content),
                    Answer(operation), [.. operation.Security ?? []]) { OtherBody = OtherBody(operation.RequestBody?.Content) };
            }
        }
    }

    private static IOpenApiSchema? Answer(OpenApiOperation operation) => (operation.Responses ?? [])
        .Where(static one => one.Key.StartsWith('2') || one.Key == "default")
        .OrderBy(static one => one.Key, StringComparer.Ordinal)
        .Select(static one => Json(one.Value.Content)).OfType<IOpenApiSchema>().FirstOrDefault();

    private static IOpenApiSchema? Json(IDictionary<string, IOpenApiMediaType>? content) => content?
        .Where(static one => one.Key.Contains("json", StringComparison.OrdinalIgnoreCase) || one.Key == "*/*")
        .Select(static one => one.Value.Schema).OfType<IOpenApiSchema>().FirstOrDefault();

    private static string? OtherBody(IDictionary<string, IOpenApiMediaType>? content) => content is { Count: > 0 }
        && !content.Keys.Any(static one => one == "*/*" || one.Contains("json", StringComparison.OrdinalIgnoreCase)
            || one.Contains("form-urlencoded", StringComparison.OrdinalIgnoreCase))
            ? content.Keys.First()
            : null;

    private static IEnumerable<ApiWebhook> ReadWebhooks(OpenApiDocument document, IDictionary<string, IOpenApiPathItem>? webhooks)
    {
        foreach (var (name, item) in webhooks ?? new Dictionary<string, IOpenApiPathItem>())
        {
            foreach (var operation in item.Operations?.Values.AsEnumerable() ?? [])
            {
                if (Json(operation.RequestBody?.Content) is { } body)
                    yield return new(name, body, [.. operation.Parameters ?? []]);
            }
        }
    }

    /// <summary>Before version 3.1 some describe webhooks as <c>x-webhooks</c>: read as what 3.1 calls <c>webhooks</c>.</summary>
    private static IEnumerable<ApiWebhook> ReadExtension(OpenApiDocument document)
    {
        IOpenApiExtension? extension = null;
        document.Extensions?.TryGetValue("x-webhooks", out extension);
        if (extension is not JsonNodeExtension { Node: JsonObject webhooks })
            return [];
        var whole = JsonNode.Parse(document.SerializeAsync(OpenApiSpecVersion.OpenApi3_1, "json").GetAwaiter().GetResult())!.AsObject();
        whole["webhooks"] = webhooks.DeepClone();
        whole["paths"] = new JsonObject();
        whole.Remove("x-webhooks");
        var read = Load(whole.ToJsonString());
        return ReadWebhooks(read, read.Webhooks);
    }
}
