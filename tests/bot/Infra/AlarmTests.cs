using System.Text.RegularExpressions;
using DevOpsAI.Bot.Hosting;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Infra;

/// <summary>Alarms ask the log for what the bot really writes there.</summary>
public sealed partial class AlarmTests
{
    public static TheoryData<string> Environments => Prediction.Environments;

    [Theory, MemberData(nameof(Environments))]
    public async Task The_document_has_each_alarm_with_its_severity(string environment)
    {
        var alarms = (await Prediction.ForAsync(environment)).All("Microsoft.Insights/scheduledQueryRules")
            .Select(static one => one.At("properties"))
            .Select(static one => (Name: one.Text("displayName").Split(": ")[1], Severity: one.Number("severity")));
        var document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "azure.md")).Split("## Alarms")[1].Split("\n## ")[0];

        Row().Matches(document).Select(static row => (row.Groups["name"].Value, int.Parse(row.Groups["severity"].Value)))
            .ShouldBe(alarms, ignoreOrder: true);
    }

    [Theory, MemberData(nameof(Environments))]
    public async Task Each_event_that_an_alarm_asks_for_is_one_that_the_bot_writes(string environment)
    {
        var prediction = await Prediction.ForAsync(environment);
        var written = Written();
        var asked = Queries(prediction).SelectMany(static query => Event().Matches(query)).Select(static one => one.Value).ToList();

        asked.Count.ShouldBeGreaterThan(5);
        asked.ShouldAllBe(id => written.Contains(id));
        Queries(prediction).ShouldAllBe(static query => query.Contains("ContainerAppName == 'ca-devopsai", StringComparison.Ordinal));
        Queries(prediction).ShouldContain(static query => query.EndsWith("| where level == 'Critical'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_start_that_is_refused_says_so_in_the_words_that_the_alarm_asks_for()
    {
        var query = Queries(await Prediction.ForAsync("prod.bicepparam"))
            .Single(static one => one.Contains("startswith", StringComparison.Ordinal));
        var words = Quoted().Match(query).Groups["words"].Value;
        var error = new StringWriter();

        (await BotHost.RunAsync(["--Storms:Tenant", "many"], error)).ShouldBe(2);

        error.ToString().ShouldStartWith(words);
    }

    private static List<string> Queries(Prediction prediction) =>
    [
        .. prediction.All("Microsoft.Insights/scheduledQueryRules")
            .Select(static one => one.Text("properties", "criteria", "allOf", "0", "query").Trim()),
    ];

    private static HashSet<string> Written() =>
    [
        .. new[] { "core", "bot", "connectors" }
            .SelectMany(static part => Directory.EnumerateFiles(Path.Combine(Repository.Root, part), "*.cs", SearchOption.AllDirectories))
            .SelectMany(static file => Logged().Matches(File.ReadAllText(file)))
            .Select(static one => one.Groups["id"].Value),
    ];

    [GeneratedRegex(@"^\| `(?<name>[a-z-]+)` \| (?<severity>\d) \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row();

    [GeneratedRegex(@"(?<=event (in|==)[^|]*)\b\d{4}\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Event();

    [GeneratedRegex("startswith '(?<words>[^']+)'", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Quoted();

    [GeneratedRegex(@"EventId = (?<id>\d+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Logged();
}
