using System.CommandLine;
using System.Text.Json;
using DevOpsAI.Connectors.Toolkit.Manifests;
using DevOpsAI.Connectors.Toolkit.Scaffolding;

namespace DevOpsAI.Bot.Cli;

/// <summary><c>connectors new</c>: begins a manifest from a vendor's OpenAPI description.</summary>
internal static class NewConnectorCommand
{
    private const long MaxDescription = 64 << 20;

    public static Command For(CommandContext context)
    {
        var name = new Argument<string>("name") { Description = "What connections are to call it, as in acme." };
        var openApi = new Option<string>("--openapi")
            { Description = "The vendor's description: OpenAPI 2, 3.0 or 3.1, JSON or YAML.", Required = true };
        var operations = new Option<string>("--operations")
            { Description = "Ids of the operations that are wanted, with commas; all by default." };
        var output = new Option<string>("--output") { Description = "The file to write; NAME.connector.yaml by default." };
        var force = new Option<bool>("--force") { Description = "Write over a file that is there." };
        var json = ConnectorCommands.Json();
        var command = new Command("new", "Begins a connector manifest from an OpenAPI description, and says what is left to decide in it.")
            { name, openApi, operations, output, force, json };
        command.SetAction((parsed, _) => context.RunAsync(async () =>
        {
            var file = parsed.GetValue(output) ?? $"{parsed.GetValue(name)}.connector.yaml";
            string[] chosen = (parsed.GetValue(operations) ?? "")
                .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            var made = Begin(parsed.GetValue(name)!, parsed.GetValue(openApi)!, chosen);
            Write(file, made.Yaml, parsed.GetValue(force));
            var report = new NewConnector(
                file, made.Targets, made.Actions, made.NotTaken, made.Decisions, ManifestCheck.ValidationErrors(file, made.Yaml))
                { Reasons = made.Reasons, HasEvents = made.HasEvents };
            if (parsed.GetValue(json))
                await context.Output.WriteLineAsync(JsonSerializer.Serialize(report, ConnectorJson.Default.NewConnector));
            else
                await TellAsync(report, context.Output);
            return ConnectorCommands.Good;
        }));
        return command;
    }

    private static ScaffoldedManifest Begin(string name, string description, string[] chosen)
    {
        if (Uri.TryCreate(description, UriKind.Absolute, out var address) && address.Scheme is ("http" or "https" or "ftp"))
        {
            throw new CommandException(
                $"{description} is an address, and nothing is fetched: save the description to a file and name that, as in "
                + "--openapi acme.json.");
        }
        if (new FileInfo(description) is { Exists: true, Length: > MaxDescription })
            throw new CommandException($"{description} is larger than {MaxDescription >> 20} MiB.");
        try
        {
            return ConnectorScaffold.Begin(name, File.ReadAllText(description), chosen);
        }
        catch (FormatException wrong)
        {
            throw new CommandException($"{description}: {wrong.Message}");
        }
    }

    private static void Write(string file, string yaml, bool overwrites)
    {
        if (!overwrites && File.Exists(file))
            throw new CommandException($"{file} is there already; --force writes over it, --output names another file.");
        File.WriteAllText(file, yaml);
    }

    private static async Task TellAsync(NewConnector report, TextWriter output)
    {
        var finds = report.Targets.Count == 0 ? "nothing" : string.Join(", ", report.Targets);
        await output.WriteLineAsync($"{report.File}: finds {finds}; {report.Actions} actions.");
        foreach (var one in report.Decisions)
            await output.WriteLineAsync($"{report.File}:{one.Line}: left to decide: {one.What}");
        List<string> others = [.. report.NotTaken.Where(one => !report.Reasons.ContainsKey(one))];
        if (others.Count > 0)
            await output.WriteLineAsync($"Not taken, since nothing that is found is what they are done to: {string.Join(", ", others)}");
        foreach (var (operation, why) in report.Reasons)
            await output.WriteLineAsync($"Not taken: {operation}: {why}");
        if (report is { Targets.Count: 0, Actions: 0, HasEvents: false })
            await output.WriteLineAsync("As it is a connection of it would find nothing, do nothing and take no events.");
        await output.WriteLineAsync(Next(report));
    }

    private static string Next(NewConnector report)
    {
        if (report.Errors.Count > 0)
            return $"It is refused until these are right: {string.Join("; ", report.Errors)}";
        return report.Decisions.Count == 0
            ? $"The manifest is good as it is. Next: connectors check {report.File}"
            : $"It can be read, and {report.Decisions.Count} decisions are open. Next: decide them, then connectors check {report.File}";
    }
}

/// <summary>What was written, and what is left to do about it.</summary>
/// <param name="Errors">What the file is refused for as it is; empty when it is good.</param>
internal sealed record NewConnector(
    string File, IReadOnlyList<string> Targets, int Actions, IReadOnlyList<string> NotTaken, IReadOnlyList<LeftToDecide> Decisions,
    IReadOnlyList<string> Errors)
{
    /// <summary>Why one of <see cref="NotTaken"/> cannot be an action at all, by its id.</summary>
    public IReadOnlyDictionary<string, string> Reasons { get; init; } = new Dictionary<string, string>();

    public bool HasEvents { get; init; }
}
