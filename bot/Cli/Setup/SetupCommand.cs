using System.CommandLine;
using DevOpsAI.Bot.Hosting;

namespace DevOpsAI.Bot.Cli.Setup;

/// <summary>
/// <c>setup check</c>: looks at the settings as the bot would read them, tries what the bot will need, and says what is missing. Starts no
/// part of the bot, so it may run beside one.
/// </summary>
internal static class SetupCommand
{
    public const int Ready = 0;
    public const int IsMissing = 1;
    public const int Usage = 2;

    private const string Example = "Try: setup check, setup check --endpoint https://bot.example.com/api/messages, setup check --help";

    /// <summary>Runs the verb in <paramref name="args"/> and returns its exit code; null when it is another one.</summary>
    public static async Task<int?> TryRunAsync(string[] args) => args is ["setup", ..]
        ? await RunAsync(args, new SetupSurroundings(Console.Out, Console.Error), CancellationToken.None)
        : null;

    /// <summary>As <see cref="TryRunAsync"/>, with everything from outside handed in.</summary>
    public static async Task<int> RunAsync(string[] args, SetupSurroundings outside, CancellationToken cancellationToken)
    {
        var json = new Option<bool>("--json") { Description = "One JSON object per line." };
        var endpoint = new Option<string?>("--endpoint")
            { Description = "The messaging endpoint of the bot's registration, as in https://bot.example.com/api/messages; asked "
                + "whether the bot answers there." };
        var check = new Command("check",
            "Says what is missing before the bot can work. Exit code 0: nothing, 1: something, 2: not possible. Settings may follow, as "
            + "--Name:Part=value.") { json, endpoint };
        check.TreatUnmatchedTokensAsErrors = false;
        check.SetAction((parsed, stop) => CheckAsync(
            parsed.UnmatchedTokens, parsed.GetValue(endpoint), parsed.GetValue(json), outside, stop));
        var setup = new RootCommand("DevOps AI Bot") { new Command("setup", "Looks at the settings and what they name.") { check } };
        var asked = setup.Parse(args);
        if (asked.Errors.Count == 0)
            return await asked.InvokeAsync(
                new() { Output = outside.Output, Error = outside.Error, EnableDefaultExceptionHandler = false }, cancellationToken);
        foreach (var mistake in asked.Errors)
            await outside.Error.WriteLineAsync(mistake.Message);
        await outside.Error.WriteLineAsync(Example);
        return Usage;
    }

    private static async Task<int> CheckAsync(
        IReadOnlyList<string> settings, string? endpoint, bool json, SetupSurroundings outside, CancellationToken cancellationToken)
    {
        if (settings.FirstOrDefault(static one => !one.Contains('=', StringComparison.Ordinal)) is { } stray)
            return await RefuseAsync(outside, $"'{stray}' means nothing here; a setting is written as --Name:Part=value.");
        if (!TryRead(endpoint, out var address))
            return await RefuseAsync(outside, "--endpoint takes an address without a user and a password, as in "
                + "https://bot.example.com/api/messages.");
        try
        {
            return await CheckAsync([.. settings], address, json, outside, cancellationToken);
        }
        catch (InvalidDataException unreadable)
        {
            return await RefuseAsync(outside, $"{unreadable.Message} {unreadable.InnerException?.Message}".Trim());
        }
    }

    private static async Task<int> CheckAsync(
        string[] settings, MessagingEndpoint endpoint, bool json, SetupSurroundings outside, CancellationToken cancellationToken)
    {
        var builder = BotHost.CreateBuilder(settings);
        builder.Logging.ClearProviders();
        builder.Services.AddSetupChecks(endpoint, new(outside.Limit));
        outside.Replace?.Invoke(builder.Services);
        await using var app = builder.Build();
        var report = new SetupReport(outside.Output, json, SecretMask.For(app.Services));
        // Before anything else: afterwards what cannot be read is as if it were not set.
        app.Services.GetRequiredService<SettingErrors>();
        var run = new SetupRun(app.Services.GetServices<ISetupCheck>(), outside.Limit);
        var missing = await report.WriteAsync(await run.RunAsync(cancellationToken));
        return missing == 0 ? Ready : IsMissing;
    }

    private static async Task<int> RefuseAsync(SetupSurroundings outside, string why)
    {
        await outside.Error.WriteLineAsync(why);
        await outside.Error.WriteLineAsync(Example);
        return Usage;
    }

    private static bool TryRead(string? text, out MessagingEndpoint endpoint)
    {
        endpoint = new(null);
        if (text is null)
            return true;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.UserInfo.Length > 0
            || (address.Scheme != Uri.UriSchemeHttps && address.Scheme != Uri.UriSchemeHttp))
            return false;
        endpoint = new(address);
        return true;
    }
}

/// <summary>What <see cref="SetupCommand"/> has from outside.</summary>
internal sealed record SetupSurroundings(TextWriter Output, TextWriter Error)
{
    /// <summary>How long one check may take.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Takes a part's place after all are added, as a test does with what it cannot have on its machine.</summary>
    public Action<IServiceCollection>? Replace { get; init; }
}
