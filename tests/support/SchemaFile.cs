using System.Text.Json;
using Json.Schema;

namespace DevOpsAI.Tests.Support;

/// <summary>A JSON Schema of any draft, read once and asked often.</summary>
public sealed class SchemaFile(string json)
{
    private const int MaxProblems = 20;
    private readonly JsonSchema schema = JsonSchema.FromText(json, new BuildOptions { SchemaRegistry = new() });

    public static SchemaFile Read(string path) => new(File.ReadAllText(path));

    public bool IsValid(JsonElement document)
    {
        var onlyWhether = new EvaluationOptions { OutputFormat = OutputFormat.Flag };
        onlyWhether.IgnoreAllAnnotations();
        return schema.Evaluate(document, onlyWhether).IsValid;
    }

    /// <summary>What is wrong and where, a line each; empty when the document is valid.</summary>
    public IReadOnlyList<string> Problems(JsonElement document)
    {
        if (IsValid(document))
            return [];
        var details = schema.Evaluate(document, new EvaluationOptions { OutputFormat = OutputFormat.List }).Details ?? [];
        // A condition that does not hold is no problem.
        List<string> problems =
        [
            .. details
                .Where(static detail => detail.Errors is not null)
                .Where(static detail => !detail.EvaluationPath.ToString().Contains("/if", StringComparison.Ordinal))
                .SelectMany(static detail => detail.Errors!.Values.Select(error => $"{detail.InstanceLocation}: {error}"))
                .Distinct()
                .Take(MaxProblems),
        ];
        return problems.Count > 0 ? problems : ["does not fit the schema"];
    }
}
