using DevOpsAI.Connections;
using DevOpsAI.Drafting;

namespace DevOpsAI.Tests.Core.Drafting;

/// <summary>What was observed is said in the field's words; the names that connectors use stay in the record.</summary>
public sealed class ObservationWordsTests
{
    [Theory]
    [InlineData("disk.C.freePercent", "6", "Free space on C: 6 %")]
    [InlineData("disk.data.freePercent", "6.5", "Free space on data: 6.5 %")]
    [InlineData("service.W3SVC.state", "stopped", "Service W3SVC: stopped")]
    [InlineData("service.SQL Agent.startup", "automatic", "Start-up type of SQL Agent: automatic")]
    [InlineData("device.online", "true", "Device: online")]
    [InlineData("device.pendingReboot", "False", "Restart pending: no")]
    [InlineData("ups.state", "battery", "Power: on battery")]
    [InlineData("ups.minutesLeft", "18", "Battery left: 18 minutes")]
    [InlineData("certificate.www.contoso.example.daysLeft", "6", "Days left for certificate www.contoso.example: 6")]
    [InlineData("memory.freePercent", "n/a", "Free memory: n/a")]
    [InlineData("fan.left.speedRpm", "900", "Fan left speed rpm: 900")]
    [InlineData("tape.fillLevel", "3", "Tape fill level: 3")]
    [InlineData("odd", "x", "Odd: x")]
    [InlineData("", "", ": ")]
    [InlineData("disk..freePercent", "1", "Free space on : 1 %")]
    [InlineData("x{0}.y{1}.z", "1", "X0 y{1} z: 1")]
    public void An_observation_is_said_with_its_thing_and_unit(string observation, string value, string said) =>
        ObservationWords.Say(observation, value).ShouldBe(said);

    [Theory]
    [InlineData("SRV-FILE01 disk.C.freePercent", "6", "SRV-FILE01: free space on C: 6 %")]
    [InlineData("PRN-1 printer.Front Desk.jobs", "14", "PRN-1: jobs waiting in Front Desk: 14")]
    [InlineData("Contoso HQ vpn.HQ-Azure.state", "down", "Contoso HQ: tunnel HQ-Azure: down")]
    [InlineData("SRV-1 odd.thing", "1", "SRV-1: odd thing: 1")]
    [InlineData("SRV-1", "1", "SRV-1: 1")]
    public void What_the_record_keeps_by_target_is_said_with_it(string key, string value, string said) =>
        ObservationWords.GetSay(key, value).ShouldBe(said);

    [Theory]
    [InlineData("SRV-FILE01 disk.C.freePercent", "6", "SRV-FILE01: free space on C:", "6 %")]
    [InlineData("PRN-1 printer.Front Desk.jobs", "14", "PRN-1: jobs waiting in Front Desk", "14")]
    [InlineData("SRV-1 device.online", "not reported", "SRV-1: device", "not reported")]
    [InlineData("device.online", "false", "Device", "offline")]
    [InlineData("gate level", "L1", "gate level", "L1")]
    [InlineData("", "", "", "")]
    public void What_changed_is_said_apart_from_its_values(string key, string value, string label, string said)
    {
        ObservationWords.GetLabel(key).ShouldBe(label);
        ObservationWords.GetValue(key, value).ShouldBe(said);
    }

    [Theory]
    [InlineData("disk.C.freePercent", "<", "15", "6", "Free space on C: 6 % (needs attention below 15 %)")]
    [InlineData("cpu.percent", ">=", "80", "97", "Processor load: 97 % (needs attention at 80 % or above)")]
    [InlineData("printer.Q.jobs", ">", "0", "14", "Jobs waiting in Q: 14 (needs attention above 0)")]
    [InlineData("certificate.w.daysLeft", "<=", "0", "-3", "Days left for certificate w: -3 (needs attention at 0 or below)")]
    [InlineData("service.Spooler.state", "==", "stopped", "stopped", "Service Spooler: stopped")]
    [InlineData("patch.KB1.state", "!=", "installed", "failed", "Patch KB1: failed")]
    [InlineData("service.Spooler.state", "==", "stopped", null, "Service Spooler: not reported (must be stopped)")]
    public void A_condition_is_said_beside_what_was_seen(string observation, string sign, string value, string? seen, string said) =>
        ObservationWords.Before(new(observation, sign, value), seen).ShouldBe(said);

    [Theory]
    [InlineData("disk.C.freePercent", ">=", "15", "Free space on C: at least 15 %")]
    [InlineData("device.online", "==", "true", "Device: online")]
    [InlineData("process.indexer.priority", "!=", "normal", "Priority of indexer: anything but normal")]
    public void What_must_be_so_afterwards_is_said(string observation, string sign, string value, string said) =>
        ObservationWords.After(new Condition(observation, sign, value)).ShouldBe(said);

    [Fact]
    public void Every_observation_that_a_built_in_runbook_uses_has_words()
    {
        var conditions = RunbookCatalog.Load(null, []).All.SelectMany(runbook => runbook.Needs
            .Concat(runbook.Parameters.SelectMany(parameter => parameter.Choose))
            .Concat(runbook.Steps.SelectMany(step => step.Preconditions.Concat(step.Verifications))));
        foreach (var condition in conditions.Select(condition => condition.Fill(_ => "x")))
        {
            // Words that were made of the name have no sign of the field's language in them.
            var made = string.Concat(condition.Observation.Where(char.IsLetterOrDigit));
            string.Concat(ObservationWords.Label(condition.Observation).Where(char.IsLetterOrDigit)).ToLowerInvariant()
                .ShouldNotBe(made.ToLowerInvariant(), condition.Observation);
        }
    }

    [Fact]
    public void Every_built_in_runbook_says_what_was_seen_where_its_precondition_does_not_hold()
    {
        var silent = RunbookCatalog.Load(null, []).All
            .SelectMany(runbook => runbook.Steps.Where(step => !step.Optional)
                .SelectMany(step => step.Preconditions.Select(condition => (runbook.Name, condition))))
            .Where(one => one.condition.Otherwise is null)
            .Select(one => $"{one.Name}: {one.condition.Observation}");
        silent.ShouldBeEmpty();
    }
}
