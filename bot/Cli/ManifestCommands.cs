using System.CommandLine;
using DevOpsAI.Bot.Cli.AppPackage;
using DevOpsAI.Bot.Hosting;
using DevOpsAI.Common;

namespace DevOpsAI.Bot.Cli;

/// <summary>The verbs of <c>manifest</c>: the app package that is uploaded to Teams. They need neither a ledger nor Teams.</summary>
public static class ManifestCommands
{
    public const int Good = 0;
    public const int Refused = 1;

    private const string FirstVersion = "1.0.0";
    private const string Product = "DevOps AI Bot";

    /// <summary>
    /// Runs the verb in <paramref name="args"/> and returns its exit code; null when there is none and the bot should start.
    /// </summary>
    public static async Task<int?> TryRunAsync(string[] args)
    {
        if (args is not ["manifest", ..])
            return null;
        var host = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = ContentRoot.Find() });
        return await RunAsync(args, host.Configuration, host.Environment.ContentRootPath, Console.Out, Console.Error,
            CancellationToken.None);
    }

    /// <summary>As <see cref="TryRunAsync"/>, with everything from outside handed in.</summary>
    public static async Task<int> RunAsync(
        string[] args, IConfiguration configuration, string contentRoot, TextWriter output, TextWriter error,
        CancellationToken cancellationToken)
    {
        var context = new CommandContext(configuration, contentRoot, output, error);
        var manifest = new Command("manifest", "The app package that is uploaded to Teams.") { Build(context), Check(context) };
        var parsed = new RootCommand(Product) { manifest }.Parse(args);
        if (parsed.Errors.Count == 0)
            return await parsed.InvokeAsync(
                new() { Output = output, Error = error, EnableDefaultExceptionHandler = false }, cancellationToken);
        foreach (var mistake in parsed.Errors)
            await error.WriteLineAsync(mistake.Message);
        await error.WriteLineAsync(
            "Try: manifest build --domain www.contoso.com --out devops-ai-bot.zip, manifest check devops-ai-bot.zip");
        return LedgerCommands.Usage;
    }

    private static Command Build(CommandContext context)
    {
        var appId = new Option<string?>("--app-id")
            { Description = "Application (client) id of the bot's registration; Teams:AppId when not given." };
        var domain = new Option<string?>("--domain")
            { Description = "Where the provider's own pages are, as in www.contoso.com: what Teams links to as the maker of the app." };
        var developer = new Option<string?>("--developer")
            { Description = $"Who is shown as its maker; Compliance:Provider when not given, else {Product}." };
        var version = new Option<string>("--app-version")
            { Description = "Higher than the one uploaded before.", DefaultValueFactory = static _ => FirstVersion };
        var privacy = new Option<string?>("--privacy-url") { Description = "https://DOMAIN/privacy when not given." };
        var terms = new Option<string?>("--terms-url") { Description = "https://DOMAIN/terms when not given." };
        var file = new Option<string?>("--out") { Description = "The zip file to write. Must not exist." };
        var build = new Command("build", "Writes the app package.") { appId, domain, developer, version, privacy, terms, file };
        build.SetAction((parsed, _) => context.RunAsync(async () =>
        {
            var configuration = context.Configuration;
            var settings = new PackageSettings(
                AppId(parsed.GetValue(appId) ?? configuration["Teams:AppId"]),
                Domain(parsed.GetValue(domain)),
                parsed.GetValue(developer) ?? configuration["Compliance:Provider"] ?? Product,
                parsed.GetValue(version)!)
            {
                Privacy = parsed.GetValue(privacy),
                Terms = parsed.GetValue(terms),
            };
            await WriteAsync(
                settings,
                parsed.GetValue(file) is { Length: > 0 } name ? name : throw new CommandException("Where to? --out devops-ai-bot.zip"),
                context);
            return Good;
        }));
        return build;
    }

    private static Command Check(CommandContext context)
    {
        var file = new Argument<string>("file") { Description = "The zip file, made here or elsewhere." };
        var check = new Command(
            "check", "Says what Teams would refuse, a line for each thing. Exit code 0: nothing, 1: something, 2: not possible.") { file };
        check.SetAction((parsed, cancellationToken) =>
            context.RunAsync(() => CheckAsync(parsed.GetValue(file)!, context.Output, cancellationToken)));
        return check;
    }

    private static async Task WriteAsync(PackageSettings settings, string file, CommandContext context)
    {
        var package = PackageTemplate.Build(settings);
        var findings = new Findings();
        if (PackageCheck.Run(package, file, findings) is not { } summary)
            throw new CommandException(
                $"Teams would refuse this package, so none was written.{Environment.NewLine}"
                + string.Join(Environment.NewLine, findings.Lines));
        var path = Path.GetFullPath(file);
        if (Path.GetDirectoryName(path) is { } folder && !Directory.Exists(folder))
            throw new CommandException($"There is no folder {folder} to write {Path.GetFileName(path)} into.");
        WholeFile.Create(path, package);
        await context.Output.WriteLineAsync($"{file}: {summary}");
    }

    private static async Task<int> CheckAsync(string file, TextWriter output, CancellationToken cancellationToken)
    {
        if (!File.Exists(file))
            throw new CommandException($"There is no file {file}.");
        var findings = new Findings();
        var length = new FileInfo(file).Length;
        var summary = length > PackageFiles.MaxPackageBytes
            ? null
            : PackageCheck.Run(await File.ReadAllBytesAsync(file, cancellationToken), file, findings);
        if (summary is not null)
        {
            await output.WriteLineAsync($"{file}: good. {summary}");
            return Good;
        }
        if (length > PackageFiles.MaxPackageBytes)
            findings.Add(file, $"has {length} bytes, and an app package a few thousand: zip the manifest, the icons and the language files "
                + "alone.");
        foreach (var line in findings.Lines)
            await output.WriteLineAsync(line);
        await output.WriteLineAsync($"{file}: refused, {(findings.Count == 1 ? "1 thing" : $"{findings.Count} things")} to mend.");
        return Refused;
    }

    private static Guid AppId(string? said)
    {
        if (string.IsNullOrWhiteSpace(said))
            throw new CommandException("Which app? --app-id with the application (client) id of the bot's registration, or Teams:AppId.");
        return Guid.TryParse(said, out var id) && id != Guid.Empty
            ? id
            : throw new CommandException($"'{said}' is no app id: it is the application (client) id of the bot's registration, a GUID.");
    }

    private static string Domain(string? said)
    {
        if (said is null)
            throw new CommandException("Whose app? --domain with the name of your own web site, as in www.contoso.com");
        return ManifestRules.IsDomain(said)
            ? said.ToLowerInvariant()
            : throw new CommandException(
                $"'{said}' is no domain: give the name alone, as in www.contoso.com, without 'https://' and path.");
    }
}
