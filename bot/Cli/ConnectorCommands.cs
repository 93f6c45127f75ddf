using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using DevOpsAI.Bot.Hosting;
using DevOpsAI.Connections;
using DevOpsAI.Connectors;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Connectors.Toolkit.Conformance;
using DevOpsAI.Connectors.Toolkit.Manifests;
using DevOpsAI.Connectors.Toolkit.Scaffolding;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Bot.Cli;

/// <summary>
/// The verbs of <c>connectors</c>: what vendors the bot knows, what each needs and can do, and whether a connection works.
/// </summary>
public static class ConnectorCommands
{
    public const int Good = 0;
    public const int Wrong = 1;

    /// <summary>Vendors answer within seconds; a person at a terminal may wait for one that is slow.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(2);

    private const string Example =
        "Try: connectors list, connectors show ninjaone, connectors capabilities, connectors check contoso-ninjaone, "
        + "connectors new acme --openapi acme.json";

    /// <summary>Runs the verb in <paramref name="args"/> and returns its exit code; null when it is another one.</summary>
    public static async Task<int?> TryRunAsync(string[] args)
    {
        if (args is not ["connectors", ..])
            return null;
        var host = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = ContentRoot.Find() });
        return await RunAsync(args, host.Configuration, host.Environment.ContentRootPath, Console.Out, Console.Error, null,
            CancellationToken.None);
    }

    /// <summary>As <see cref="TryRunAsync"/>, with everything from outside handed in.</summary>
    /// <param name="replace">Registers services in place of the bot's own.</param>
    public static async Task<int> RunAsync(
        string[] args, IConfiguration configuration, string contentRoot, TextWriter output, TextWriter error,
        Action<IServiceCollection>? replace, CancellationToken cancellationToken)
    {
        var context = new CommandContext(configuration, contentRoot, output, error);
        var connectors = new Command("connectors", "The vendors that the bot knows.")
            { List(context), Show(context), Matrix(context), Check(context, replace), NewConnectorCommand.For(context) };
        var parsed = new RootCommand("DevOps AI Bot") { connectors }.Parse(args);
        if (parsed.Errors.Count == 0)
            return await parsed.InvokeAsync(
                new() { Output = output, Error = error, EnableDefaultExceptionHandler = false }, cancellationToken);
        foreach (var mistake in parsed.Errors)
            await error.WriteLineAsync(mistake.Message);
        await error.WriteLineAsync(Example);
        return LedgerCommands.Usage;
    }

    internal static Option<bool> Json() => new("--json") { Description = "One JSON object per line." };

    private static Command List(CommandContext context)
    {
        var json = Json();
        var list = new Command("list", "Every connector, with what it offers.") { json };
        list.SetAction((parsed, _) => context.RunAsync(async () =>
        {
            var all = Catalog(context).All;
            var width = all.Max(static one => one.Name.Length);
            foreach (var one in all)
            {
                var replaced = one.ReplacesBuiltIn ? " (in place of the built-in one)" : "";
                await context.Output.WriteLineAsync(parsed.GetValue(json)
                    ? JsonSerializer.Serialize(one, ConnectorJson.Default.ConnectorDescription)
                    : $"{one.Name.PadRight(width)}  {one.Title}{replaced}: {Offers(one)}");
            }
            return Good;
        }));
        return list;
    }

    private static Command Show(CommandContext context)
    {
        var json = Json();
        var name = new Argument<string>("name") { Description = "A connector, as in ninjaone." };
        var show = new Command("show", "What a connection of one connector needs, and what it offers then.") { name, json };
        show.SetAction((parsed, _) => context.RunAsync(async () =>
        {
            var one = Find(Catalog(context), parsed.GetValue(name)!);
            if (parsed.GetValue(json))
                await context.Output.WriteLineAsync(JsonSerializer.Serialize(one, ConnectorJson.Default.ConnectorDescription));
            else
                await WriteAsync(one, context.Output);
            return Good;
        }));
        return show;
    }

    private static Command Matrix(CommandContext context)
    {
        var json = Json();
        var matrix = new Command("capabilities", "Which connector offers what runbooks ask for.") { json };
        matrix.SetAction((parsed, _) => context.RunAsync(async () =>
        {
            foreach (var row in CapabilityMatrix.For(Catalog(context)))
            {
                await context.Output.WriteLineAsync(parsed.GetValue(json)
                    ? JsonSerializer.Serialize(row, ConnectorJson.Default.CapabilityRow)
                    : $"{row.Capability,-38} {(row.Connectors.Count == 0 ? "-" : string.Join(", ", row.Connectors))}");
            }
            return Good;
        }));
        return matrix;
    }

    private static Command Check(CommandContext context, Action<IServiceCollection>? replace)
    {
        var json = Json();
        var conformance = new Option<bool>("--conformance")
            { Description = "Plays the vendor of a manifest and puts the connector through what vendors do." };
        var what = new Argument<string>("what") { Description = "A connection of the settings, or a file with a connector manifest." };
        var check = new Command(
            "check",
            "Asks the vendor whether a connection works, or reads a manifest. Exit code 0: good, 1: not, 2: not possible. Settings may "
            + "follow, as --Name:Part=value.") { what, conformance, json };
        check.TreatUnmatchedTokensAsErrors = false;
        check.SetAction((parsed, stop) => context.RunAsync(async () =>
        {
            var named = parsed.GetValue(what)!;
            var findings = named.EndsWith(".yaml", StringComparison.Ordinal) || named.EndsWith(".yml", StringComparison.Ordinal)
                ? await CheckFileAsync(named, parsed.GetValue(conformance), stop)
                : await AskAsync(named, [.. parsed.UnmatchedTokens], replace, stop);
            foreach (var finding in findings)
            {
                await context.Output.WriteLineAsync(parsed.GetValue(json)
                    ? JsonSerializer.Serialize(finding, ConnectorJson.Default.CheckFinding)
                    : finding.Message);
            }
            return findings.All(static one => one.Ok) ? Good : Wrong;
        }));
        return check;
    }

    private static async Task<List<CheckFinding>> CheckFileAsync(string file, bool plays, CancellationToken cancellationToken)
    {
        var yaml = File.ReadAllText(file);
        var errors = ManifestCheck.ValidationErrors(file, yaml);
        var left = LeftToDecide.In(yaml).Select(one => new CheckFinding(true, $"{file}:{one.Line}: left to decide: {one.What}"));
        List<CheckFinding> replaced = ManifestCheck.FindReplaced(file, yaml) is { } name
            ? [new(true, $"{file}: takes the place of the built-in connector {name}.")]
            : [];
        return
        [
            .. errors.Count == 0 ? [new(true, $"{file}: good.")] : errors.Select(static one => new CheckFinding(false, one)),
            .. replaced, .. left,
            .. errors.Count == 0 && plays ? (await ConformanceKit.RunAsync(file, yaml, cancellationToken)).Select(Tell) : [],
        ];
    }

    private static CheckFinding Tell(ConformanceFinding one)
    {
        var verdict = one.Verdict switch
        {
            ConformanceVerdict.Passed => "ok     ",
            ConformanceVerdict.Failed => "FAILED ",
            _ => "skipped",
        };
        return new(one.Verdict != ConformanceVerdict.Failed, $"{verdict}  {one.Check} ({one.Of}): {one.Seen}")
            { Check = one.Check, Of = one.Of, Verdict = one.Verdict };
    }

    private static async Task<List<CheckFinding>> AskAsync(
        string name, string[] settings, Action<IServiceCollection>? replace, CancellationToken cancellationToken)
    {
        if (settings.FirstOrDefault(static one => !one.Contains('=', StringComparison.Ordinal)) is { } stray)
            throw new CommandException($"'{stray}' means nothing here; a setting is written as --Name:Part=value.");
        var builder = BotHost.CreateBuilder(settings);
        builder.Logging.ClearProviders();
        replace?.Invoke(builder.Services);
        await using var app = builder.Build();
        try
        {
            var all = app.Services.GetRequiredService<IConnectionDirectory>();
            var connection = all.Named(name) ?? throw new CommandException(all.All.Count == 0
                ? $"There is no connection '{name}': the settings name none."
                : $"There is no connection '{name}'; known are {string.Join(", ", all.All.Select(static one => one.Name))}.");
            var installed = app.Services.GetRequiredService<InstalledConnectors>();
            return await installed.AskAsync(connection, MaxWait, cancellationToken) switch
            {
                null => [new(true, $"{connection.Name}: {connection.Connector} has nothing that could be asked.")],
                CallOutcome<string>.Done(var said) =>
                [
                    new(true, said), .. await LivesOnAsync(app.Services, connection, cancellationToken),
                    .. (await installed.TryListsAsync(connection, cancellationToken)).Select(one => Tell(connection, one)),
                ],
                var trouble => [Tell(connection, trouble)],
            };
        }
        catch (OptionsValidationException mistakes)
        {
            return [.. mistakes.Failures.Select(static one => new CheckFinding(false, one))];
        }
    }

    /// <summary>What the connection lives on, as far as the call that was just made tells.</summary>
    private static async Task<IEnumerable<CheckFinding>> LivesOnAsync(
        IServiceProvider services, Connection connection, CancellationToken cancellationToken)
    {
        var vitals = await services.GetRequiredService<VitalsReader>().ReadAsync(connection, cancellationToken);
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        return
        [
            .. (vitals.Expiries ?? []).OrderBy(static one => one.At).Select(one => new CheckFinding(
                true, $"{connection.Name}: {one.What} ends {one.At:yyyy-MM-dd HH:mm} UTC{(one.IsDue(now) ? $". {one.Remedy}" : "")}")
                { Ends = one.At }),
            .. vitals.Budget is { } budget
                ? [new CheckFinding(true, $"{connection.Name}: {budget.Left} of {budget.Of} calls within {budget.Per:g} are left")]
                : Array.Empty<CheckFinding>(),
        ];
    }

    private static CheckFinding Tell(Connection connection, CallOutcome<string> outcome) => outcome is CallOutcome<string>.Done(var said)
        ? new(true, said)
        : new(false, $"{connection.Name}: {outcome.Reason}");

    private static ConnectorCatalog Catalog(CommandContext context) =>
        ConnectorCatalog.Read(context.Configuration["Connectors:Path"], context.ContentRoot);

    private static ConnectorDescription Find(ConnectorCatalog catalog, string name) => catalog.Find(name) ?? throw new CommandException(
        $"There is no connector '{name}'; known are {string.Join(", ", catalog.All.Select(static one => one.Name))}.");

    private static string Offers(ConnectorDescription one)
    {
        List<string> parts = [];
        if (one.SendsEvents)
            parts.Add("events");
        if (one.Targets.Count > 0)
            parts.Add($"finds {string.Join(", ", one.Targets)}");
        if (one.Actions.Count > 0)
            parts.Add($"{one.Actions.Count} actions");
        return string.Join("; ", parts);
    }

    private static async Task WriteAsync(ConnectorDescription one, TextWriter output)
    {
        await output.WriteLineAsync($"{one.Title} ({one.Name}): {Offers(one)}");
        await output.WriteLineAsync();
        await output.WriteLineAsync("Settings of a connection (Connections:NAME:Settings:...):");
        foreach (var setting in one.Settings)
        {
            var kind = setting switch
            {
                { IsSecret: true } => "secret",
                { Choices.Count: > 0 } => $"one of {string.Join(", ", setting.Choices)}",
                _ => "text",
            };
            var need = setting.IsRequired ? "" : ", may be left out";
            await output.WriteLineAsync(
                $"  {setting.Name,-16} {setting.Title} ({kind}{need}){(setting.Example is { } example ? $", as in {example}" : "")}");
        }
        if (one.Actions.Count > 0)
        {
            await output.WriteLineAsync(
                $"  {EnabledActions.Setting,-16} what it may do ({EnabledActions.All}, {EnabledActions.None} or names, may be left out)");
            await output.WriteLineAsync();
            await output.WriteLineAsync("Actions:");
            foreach (var action in one.Actions)
                await output.WriteLineAsync($"  {action.Name,-24} {action.Title}; {WayBack.For(action, action.Rollback is not null)}");
        }
        if (one.Observations.Count > 0)
        {
            await output.WriteLineAsync();
            await output.WriteLineAsync($"Observes: {string.Join(", ", one.Observations)}");
        }
    }
}

/// <summary>What a check found, as a line of JSON or of text.</summary>
internal sealed record CheckFinding(bool Ok, string Message)
{
    /// <summary>The name of the conformance check; null for anything else.</summary>
    public string? Check { get; init; }

    /// <summary>What it was held against, as in <c>service.restart</c>.</summary>
    public string? Of { get; init; }

    public ConformanceVerdict? Verdict { get; init; }

    /// <summary>When it ends, for what a connection lives on; null for anything else.</summary>
    public DateTimeOffset? Ends { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ConnectorDescription))]
[JsonSerializable(typeof(CapabilityRow))]
[JsonSerializable(typeof(CheckFinding))]
[JsonSerializable(typeof(NewConnector))]
internal sealed partial class ConnectorJson : JsonSerializerContext;
