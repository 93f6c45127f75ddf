using DevOpsAI.Bot.Hosting;
using DevOpsAI.Common;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

#pragma warning disable CA1848 // a test logs once, in its own words
namespace DevOpsAI.Tests.Hosting;

/// <summary>What an exception, message or scope quotes of others forges no line of the log, in either format.</summary>
[Collection(nameof(TheConsole))]
public sealed class GuardedConsoleTests
{
    private const string Forged = "fail: DevOpsAI.Gates[666]";
    private const string Body = "bad gateway\r\n" + Forged + "\n      Approved by everybody\u001b[2A\u001b[31m\u2028\u202egnp.exe\u0085";

    [Theory]
    [InlineData("simple")]
    [InlineData("json")]
    [InlineData("systemd")]
    public void A_body_with_newlines_and_escapes_forges_no_line(string format)
    {
        var told = Written(format, logger =>
        {
            using var scope = logger.BeginScope("path {Path}", "/api/x\n" + Forged);
            var failure = new HttpRequestException(Body, new AggregateException(new FormatException(Body), new FormatException(Body)));
            logger.LogError(failure, "The vendor said {Body}", Body);
        });
        told.Split('\n').ShouldNotContain(line => line.TrimStart().StartsWith(Forged, StringComparison.Ordinal));
        told.ShouldContain("Approved by everybody");
        told.ShouldContain(nameof(HttpRequestException));
        foreach (var obeyed in new[] { '\u001b', '\u2028', '\u202e', '\u0085' })
            told.ShouldNotContain(obeyed);
        told.ReplaceLineEndings("\n").ShouldNotContain('\r');
    }

    [Theory]
    [InlineData("simple")]
    [InlineData("json")]
    public void A_long_body_does_not_fill_the_log(string format) =>
        Written(format, logger => logger.LogError(new InvalidOperationException(new string('x', 1_000_000)), "failed")).Length
            .ShouldBeLessThan(3 * LogText.MaxOfExceptionLength);

    /// <summary>As the web server puts it into its scope for each request.</summary>
    [Theory]
    [InlineData("simple")]
    [InlineData("json")]
    [InlineData("systemd")]
    public void A_long_path_does_not_fill_the_log_or_forge_a_line_of_it(string format)
    {
        var path = "/api/" + string.Concat(Enumerable.Repeat($"\n{Forged}\u001b[2J", 2_000));
        var told = Written(format, logger =>
        {
            using var named = logger.BeginScope(new Dictionary<string, object?> { ["RequestPath"] = path, ["Port"] = 443 });
            using var scope = logger.BeginScope("RequestPath:{RequestPath}", path);
            logger.LogWarning("{Path} is not known, {Count}", path, 7);
        });
        told.Length.ShouldBeLessThan(LogText.MaxOfMessageLength * 6);
        told.Split('\n').ShouldNotContain(line => line.TrimStart().StartsWith(Forged, StringComparison.Ordinal));
        told.ShouldNotContain('\u001b');
        if (format == "json")
        {
            var line = System.Text.Json.Nodes.JsonNode.Parse(told.Split('\n')[0])!;
            line["State"]!["Count"]!.GetValue<int>().ShouldBe(7);
            line["State"]!["Path"]!.GetValue<string>().Length.ShouldBeLessThan(LogText.MaxOfExceptionLength * 7);
            line["Scopes"]!.AsArray().ShouldContain(scope => scope!["Port"] != null && scope["Port"]!.GetValue<int>() == 443);
        }
    }

    [Fact]
    public void Where_it_was_thrown_stays_readable_and_so_do_other_languages()
    {
        var told = Written("simple", logger =>
        {
            try
            {
                throw new InvalidOperationException("Datenträger voll 🙂");
            }
            catch (InvalidOperationException thrown)
            {
                logger.LogError(thrown, "failed");
            }
        });
        told.ShouldContain("InvalidOperationException: Datenträger voll 🙂");
        told.ShouldContain("   at ");
    }

    /// <summary>The console's logger writes to what is the console when it is made, and all of it before it is disposed of.</summary>
    private static string Written(string format, Action<ILogger> log)
    {
        var console = Console.Out;
        using var written = new StringWriter();
        Console.SetOut(written);
        try
        {
            using var services = new ServiceCollection().AddLogging(logging =>
            {
                logging.AddConsole(options => options.FormatterName = format);
                logging.AddSimpleConsole(options => options.IncludeScopes = true).AddJsonConsole(options => options.IncludeScopes = true)
                    .AddSystemdConsole(options => options.IncludeScopes = true);
                logging.AddConsole(options => options.FormatterName = format);
                GuardedConsole.Guard(logging);
            }).BuildServiceProvider();
            log(services.GetRequiredService<ILoggerFactory>().CreateLogger("DevOpsAI.Test"));
        }
        finally
        {
            Console.SetOut(console);
        }
        return written.ToString();
    }
}

/// <summary>Those who take the process's console for themselves, one after the other.</summary>
[CollectionDefinition(nameof(TheConsole), DisableParallelization = true)]
public sealed class TheConsole;
