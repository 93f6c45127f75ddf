using DevOpsAI.Bot.Cli;

namespace DevOpsAI.Tests.Bot.Commands;

/// <summary>Verbs on a file whose header says something else.</summary>
public sealed class HeaderFlipTests : IDisposable
{
    private readonly CommandScene scene = new();

    [Fact]
    public async Task Whichever_byte_of_the_header_is_changed_verbs_end_with_a_code_and_a_sentence()
    {
        await scene.FillAsync(20);
        var whole = await File.ReadAllBytesAsync(scene.Ledger, TestContext.Current.CancellationToken);
        for (var at = 0; at < 100; at++)
        {
            var changed = whole.ToArray();
            changed[at] ^= 0xff;
            await File.WriteAllBytesAsync(scene.Ledger, changed, TestContext.Current.CancellationToken);
            foreach (var args in (string[][])[["verify", "--tenant", "contoso"], ["verify", "--all"], ["list", "--tenant", "contoso"],
                ["gaps", "--tenant", "contoso"]])
            {
                var (code, output, error) = await scene.RunAsync(["ledger", .. args]);
                var said = $"byte {at}, {string.Join(' ', args)}: {code} {output}{error}";
                code.ShouldBeInRange(LedgerCommands.Intact, LedgerCommands.Usage, said);
                (output + error).ShouldNotContain("   at DevOpsAI", customMessage: said);
                if (code != LedgerCommands.Intact)
                    (output + error).Trim().ShouldNotBeEmpty(said);
                else if (args[0] == "verify")
                    output.ShouldContain("contoso: intact, 20 entries", customMessage: said);
            }
        }
    }

    public void Dispose() => scene.Dispose();
}
