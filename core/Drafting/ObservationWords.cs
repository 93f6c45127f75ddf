using System.Collections.Frozen;
using DevOpsAI.Connections;

namespace DevOpsAI.Drafting;

/// <summary>
/// Says observations and conditions as a technician would: <c>disk.C.freePercent = 6</c> is <c>Free space on C: 6 %</c>. Cards, drafts and
/// digests print what is said here; nothing is decided by it.
/// </summary>
public static class ObservationWords
{
    /// <param name="Label">With <c>{0}</c> for the part of the device that is meant.</param>
    /// <param name="Unit">Stands after the value; empty for none.</param>
    /// <param name="Values">Words for values that are none of the field's.</param>
    private sealed record Word(string Label, string Unit = "", (string Value, string Said)[]? Values = null);

    private static readonly (string, string)[] YesOrNo = [("true", "yes"), ("false", "no")];

    private static readonly FrozenDictionary<string, Word> Words = new Dictionary<string, Word>(StringComparer.OrdinalIgnoreCase)
    {
        ["device.online"] = new("Device", Values: [("true", "online"), ("false", "offline")]),
        ["device.pendingReboot"] = new("Restart pending", Values: YesOrNo),
        ["device.isolated"] = new("Isolated from the network", Values: YesOrNo),
        ["device.compliance"] = new("The client's rules", Values: [("compliant", "kept"), ("noncompliant", "not kept")]),
        ["laps.backedUp"] = new("Local administrator's password backed up", Values: YesOrNo),
        ["laps.lastBackup"] = new("Password backed up at"),
        ["laps.nextRotation"] = new("Password replaced by itself at"),
        ["device.encrypted"] = new("Disks encrypted", Values: YesOrNo),
        ["action.*.state"] = new("Order {0}"),
        ["disk.*.freePercent"] = new("Free space on {0}", " %"),
        ["disk.*.freeGb"] = new("Free space on {0}", " GB"),
        ["disk.*.sizeGb"] = new("Size of {0}", " GB"),
        ["service.*.state"] = new("Service {0}"),
        ["service.*.startup"] = new("Start-up type of {0}"),
        ["backup.*.state"] = new("Backup job {0}"),
        ["certificate.*.daysLeft"] = new("Days left for certificate {0}"),
        ["cpu.percent"] = new("Processor load", " %"),
        ["memory.freePercent"] = new("Free memory", " %"),
        ["memory.totalGb"] = new("Memory", " GB"),
        ["process.*.cpuPercent"] = new("Processor load by {0}", " %"),
        ["process.*.priority"] = new("Priority of {0}"),
        ["raid.*.state"] = new("Array {0}"),
        ["printer.*.jobs"] = new("Jobs waiting in {0}"),
        ["printer.*.state"] = new("Printer queue {0}"),
        ["patch.*.state"] = new("Patch {0}"),
        ["malware.*.state"] = new("Infected file {0}"),
        ["vpn.*.state"] = new("Tunnel {0}"),
        ["ups.state"] = new("Power", Values: [("battery", "on battery"), ("online", "from the mains"), ("mains", "from the mains")]),
        ["ups.minutesLeft"] = new("Battery left", " minutes"),
        ["user.enabled"] = new("Account", Values: [("true", "enabled"), ("false", "disabled")]),
        ["user.locked"] = new("Account locked", Values: YesOrNo),
        ["user.sessions"] = new("Open sessions"),
        ["user.riskySignIns"] = new("Risky sign-ins"),
        ["role.*.state"] = new("Role {0}"),
        ["user.risk"] = new("Risk of the account"),
        ["user.sessionsValidFrom"] = new("Sessions valid from"),
        ["user.synchronized"] = new("Kept in a local directory", Values: YesOrNo),
        ["mailbox.usedPercent"] = new("Mailbox used", " %"),
        ["mailbox.quotaGb"] = new("Mailbox quota", " GB"),
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>What is observed, as in <c>Free space on C:</c>.</summary>
    public static string Label(string observation)
    {
        var (word, part) = Find(observation);
        return string.Format(null, word.Label, part);
    }

    /// <summary>A value with its unit, as in <c>6 %</c> or <c>stopped</c>.</summary>
    public static string Value(string observation, string value)
    {
        var word = Find(observation).Word;
        var said = word.Values?.FirstOrDefault(pair => pair.Value.Equals(value, StringComparison.OrdinalIgnoreCase)).Said;
        return said ?? QuotedText.Short(value) + (value.Length > 0 && char.IsAsciiDigit(value[^1]) ? word.Unit : "");
    }

    /// <summary>What was observed, as in <c>Free space on C: 6 %</c> or <c>Service Spooler: stopped</c>.</summary>
    public static string Say(string observation, string value)
    {
        var label = Label(observation);
        return $"{label}{(label.EndsWith(':') ? "" : ":")} {Value(observation, value)}";
    }

    /// <summary>
    /// What was observed of a target: <c>SRV-FILE01: free space on C: 6 %</c>. <paramref name="key"/> is <c>{target name}
    /// {observation}</c>, as drafts and proposals keep it.
    /// </summary>
    public static string GetSay(string key, string value) =>
        Split(key) is var split && split <= 0
            ? Say(key, value)
            : $"{QuotedText.Short(key[..split])}: {LowerFirst(Say(key[(split + 1)..], value))}";

    /// <summary>What an observation was and is: <c>SRV-FILE01: free space on C: 6 % → 44 %</c>.</summary>
    /// <param name="key">As for <see cref="GetSay"/>.</param>
    public static string Changed(string key, string was, string now) => $"{GetSay(key, was)} → {GetValue(key, now)}";

    /// <summary>What was observed of a target, without its value: <c>SRV-FILE01: free space on C:</c>.</summary>
    /// <param name="key">As for <see cref="GetSay"/>; what is no observation is left as it is.</param>
    public static string GetLabel(string key) => Split(key) switch
    {
        var split when !key[(split + 1)..].Contains('.', StringComparison.Ordinal) => QuotedText.Short(key),
        <= 0 => Label(key),
        var split => $"{QuotedText.Short(key[..split])}: {LowerFirst(Label(key[(split + 1)..]))}",
    };

    /// <summary>A value of what <see cref="GetLabel"/> names, with its unit.</summary>
    public static string GetValue(string key, string value) => Value(key[(Split(key) + 1)..], value);

    /// <summary>Where the target's name ends and the observation begins; negative where there is no name.</summary>
    private static int Split(string key)
    {
        var split = key.LastIndexOf(' ');
        // The part of an observation may have blanks in it, as the name of a printer queue does.
        for (var at = key.IndexOf(' ', StringComparison.Ordinal); at >= 0 && at < key.Length - 1; at = key.IndexOf(' ', at + 1))
        {
            if (Known(key[(at + 1)..]))
            {
                split = at;
                break;
            }
        }
        return split;
    }

    /// <summary>What a condition asks for, as in <c>below 15 %</c>, <c>stopped</c> or <c>anything but normal</c>.</summary>
    public static string Asked(Condition condition)
    {
        var value = Value(condition.Observation, condition.Value);
        return condition.Operator switch
        {
            "<" => $"below {value}",
            "<=" => $"at most {value}",
            ">" => $"above {value}",
            ">=" => $"at least {value}",
            "!=" => $"anything but {value}",
            _ => value,
        };
    }

    /// <summary>
    /// A condition before acting beside what was seen: <c>Free space on C: 6 % (needs attention below 15 %)</c>; without a threshold only
    /// what was seen.
    /// </summary>
    /// <param name="seen">Null when it was not reported.</param>
    public static string Before(Condition condition, string? seen) => seen switch
    {
        null => $"{Label(condition.Observation).TrimEnd(':')}: not reported (must be {Asked(condition)})",
        _ when condition.Operator is "==" or "!=" => Say(condition.Observation, seen),
        _ => $"{Say(condition.Observation, seen)} (needs attention {Threshold(condition)})",
    };

    /// <summary>What must be so after acting: <c>Free space on C: at least 15 %</c>.</summary>
    public static string After(Condition condition)
    {
        var label = Label(condition.Observation);
        return $"{label}{(label.EndsWith(':') ? "" : ":")} {Asked(condition)}";
    }

    /// <summary>
    /// What was seen where the condition does not hold: <c>free space on C: is 44 %, and this is meant for below 15 %</c>.
    /// </summary>
    public static string Contradicted(Condition condition, string seen) =>
        $"{LowerFirst(Label(condition.Observation))} is {Value(condition.Observation, seen)}, and what the runbook does is meant for "
        + $"{Asked(condition)}";

    private static string Threshold(Condition condition) => condition.Operator switch
    {
        "<" or ">" => Asked(condition),
        _ => $"at {Value(condition.Observation, condition.Value)} or {(condition.Operator == "<=" ? "below" : "above")}",
    };

    private static (Word Word, string Part) Find(string observation)
    {
        if (Words.TryGetValue(observation, out var whole))
            return (whole, "");
        var (first, last) = (observation.IndexOf('.', StringComparison.Ordinal), observation.LastIndexOf('.'));
        if (first < 0)
            return (new(Spaced(observation)), "");
        if (first == last)
            return (new($"{Spaced(observation[..first])} {LowerFirst(Spaced(observation[(first + 1)..]))}"), "");
        var part = QuotedText.Short(observation[(first + 1)..last]);
        if (!Words.TryGetValue($"{observation[..first]}.*.{observation[(last + 1)..]}", out var word))
            word = new(Spaced(observation[..first]) + " {0} " + LowerFirst(Spaced(observation[(last + 1)..])));
        return (word,
            observation.StartsWith("disk.", StringComparison.OrdinalIgnoreCase) && part is [>= 'A' and <= 'Z'] ? part + ":" : part);
    }

    private static bool Known(string observation) =>
        Words.ContainsKey(observation)
        || (observation.IndexOf('.', StringComparison.Ordinal) is var first and > 0 && observation.LastIndexOf('.') is var last
            && last > first
            && Words.ContainsKey($"{observation[..first]}.*.{observation[(last + 1)..]}"));

    /// <summary><c>freePercent</c> as <c>Free percent</c>.</summary>
    private static string Spaced(string name)
    {
        var spaced =
            string.Concat(
                name.Select((letter, at) => at > 0 && char.IsUpper(letter) && !char.IsUpper(name[at - 1])
                    ? $" {char.ToLowerInvariant(letter)}"
                    : letter.ToString()));
        return (spaced.Length == 0 ? spaced : char.ToUpperInvariant(spaced[0]) + spaced[1..]).Replace("{", "", StringComparison.Ordinal)
            .Replace("}", "", StringComparison.Ordinal);
    }

    private static string LowerFirst(string text) => text.Length > 1 && char.IsUpper(text[1])
        ? text
        : text[..Math.Min(text.Length, 1)].ToLowerInvariant() + text[Math.Min(text.Length, 1)..];
}
