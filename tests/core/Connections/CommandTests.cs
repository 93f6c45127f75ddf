using DevOpsAI.Connections;

namespace DevOpsAI.Tests.Core.Connections;

/// <summary>The command that people approve is quoted as it would be run: each value is one argument, whatever it holds.</summary>
public sealed class CommandTests
{
    public static TheoryData<string> Values =>
    [
        "Spooler", "Front Desk", "x'; Restart-Computer", "it''s", "'", "", "-Force", "@splat", "a,b", "$(Stop-Computer)", "a;b", "a|b",
        "a&b", "`n",
        "\"x\"", "#x", "{x}", "(1)", @"C:\Users\anna\invoice.exe", "\u2019; Restart-Computer \u2018", "\u201A\u201B", "zwei Wörter",
        "%PATH%", "a>b", "x' -Name 'y",
    ];

    [Theory]
    [InlineData("Start-Service -Name '{value}' -ComputerName {target}", "Spooler", "Start-Service -Name 'Spooler' -ComputerName SRV-1")]
    [InlineData("New-Ticket -Title '{value}' -Device {target}", "x'; Restart-Computer",
        "New-Ticket -Title 'x''; Restart-Computer' -Device SRV-1")]
    [InlineData("Set-Quota -Mailbox {target} -Add {value}GB", "10", "Set-Quota -Mailbox SRV-1 -Add 10GB")]
    [InlineData("clean {value} on {target}", "temp,logs", "clean 'temp,logs' on SRV-1")]
    [InlineData("clean {value} on {target}", "{target}", "clean '{target}' on SRV-1")]
    [InlineData("clean {unknown} on {target}", "x", "clean {unknown} on SRV-1")]
    public void A_value_is_quoted_where_the_catalog_does_not(string command, string value, string expected) =>
        Written(command, value, "SRV-1").ShouldBe(expected);

    [Theory]
    [MemberData(nameof(Values))]
    public void A_value_stays_one_argument(string value)
    {
        foreach (var command in new[] { "Do-It -Value '{value}' -On {target} -Last x", "Do-It -Value {value} -On '{target}' -Last x" })
            Read(Written(command, value, value)).ShouldBe(["Do-It", "-Value", value, "-On", value, "-Last", "x"]);
    }

    private static string Written(string command, string value, string target) => ActionCalls.Command(
        new("test", "Test", "device", Reversibility.Reversible, BlastRadius.OneDevice, true, command, [new("value", "Value", ".*")], null,
            TimeSpan.FromMinutes(1)),
        new("c", "device", "1", target, "Contoso Ltd"), new Dictionary<string, string> { ["value"] = value });

    /// <summary>
    /// Words as PowerShell reads them: by spaces, and a text in single quotes, typographic ones too, as it stands with doubled ones once.
    /// </summary>
    private static List<string> Read(string line)
    {
        const string quotes = "'\u2018\u2019\u201A\u201B";
        var words = new List<string>();
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == ' ')
                continue;
            var word = new System.Text.StringBuilder();
            if (quotes.Contains(line[i], StringComparison.Ordinal))
            {
                for (i++; i < line.Length; i++)
                {
                    if (quotes.Contains(line[i], StringComparison.Ordinal)
                        && (++i == line.Length || !quotes.Contains(line[i], StringComparison.Ordinal)))
                        break;
                    word.Append(line[i]);
                }
            }
            else
            {
                "-@$;|&`\"#{}(),<>".ShouldNotContain(
                    line[i] == '-' && i + 1 < line.Length && char.IsAsciiLetter(line[i + 1]) ? 'x' : line[i]);
                for (; i < line.Length && line[i] != ' '; i++)
                    word.Append(line[i]);
            }
            words.Add(word.ToString());
        }
        return words;
    }
}
