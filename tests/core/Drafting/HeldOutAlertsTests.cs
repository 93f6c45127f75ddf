using System.Text.Json;
using DevOpsAI.Drafting;

namespace DevOpsAI.Tests.Core.Drafting;

/// <summary>
/// Alerts of other collections and tools than <see cref="AlertRulesTests"/>, in several languages, judged before anybody looked at what the
/// bot makes of them: which runbook a technician would take, or that none is right. Where they come from: <c>cases/README.md</c>.
/// </summary>
public sealed class HeldOutAlertsTests(ITestOutputHelper output)
{
    private static readonly RunbookCatalog BuiltIn = RunbookCatalog.Load(null, []);

    private static readonly List<(string Name, Dictionary<string, string> Labels, string Judgement, string[] Runbooks)> Alerts =
        [.. JsonElement.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Drafting", "cases", "held-out-alerts.json")))
            .EnumerateArray().Select(alert => (
            alert.GetProperty("alertname").GetString()!,
            alert.GetProperty("labels").EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString()!),
            alert.GetProperty("judgement").GetString()!,
            alert.TryGetProperty("runbook", out var runbooks) ? runbooks.EnumerateArray().Select(one => one.GetString()!).ToArray() : []))];

    [Fact]
    public void None_reaches_a_runbook_that_is_wrong() => Alerts
        .Select(alert => (alert.Name, Reached: BuiltIn.For(alert.Name, alert.Labels)?.Runbook.Name, alert.Runbooks))
        .Where(alert => alert.Reached is not null && !alert.Runbooks.Contains(alert.Reached))
        .ShouldBeEmpty();

    [Fact]
    public void Nearly_all_that_one_is_right_for_reach_it()
    {
        var right = Alerts.Where(alert => alert.Judgement == "right").ToList();
        var lost = right.Where(alert => BuiltIn.For(alert.Name, alert.Labels) is null).Select(alert => alert.Name).ToList();
        output.WriteLine($"{right.Count - lost.Count} of {right.Count} reach their runbook; not: {string.Join(", ", lost)}");
        (right.Count - lost.Count).ShouldBeGreaterThanOrEqualTo((int)Math.Ceiling(right.Count * 0.95));
    }

    [Fact]
    public void What_came_by_words_does_nothing_without_asking() => Alerts
        .Where(alert => BuiltIn.For(alert.Name, alert.Labels) is { IsExact: true } match
            && !match.Runbook.Match.Names.Concat(match.Runbook.Match.Ambiguous)
                .Any(name => AlertName.From(name).Squashed == AlertName.From(alert.Name).Squashed))
        .ShouldBeEmpty();
}
