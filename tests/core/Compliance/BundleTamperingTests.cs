using System.Text;
using DevOpsAI.Compliance.Bundles;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Core.Compliance;

public sealed class BundleTamperingTests : IDisposable
{
    private readonly BundleScene scene = new();

    public void Dispose() => scene.Dispose();

    [Fact]
    public async Task Any_byte_of_the_file_changed_is_found_here_and_by_the_script()
    {
        var bytes = await BundleAsync();
        var random = new Random(20261121);
        var changed = scene.Path("changed.zip");
        // Every byte of the headers at both ends, and some anywhere.
        var places = Enumerable.Range(0, 40).Concat(Enumerable.Range(bytes.Length - 120, 120))
            .Concat(Enumerable.Range(0, 200).Select(_ => random.Next(bytes.Length))).ToList();
        for (var i = 0; i < places.Count; i++)
        {
            var copy = bytes.ToArray();
            copy[places[i]] ^= (byte)(1 << random.Next(8));
            await File.WriteAllBytesAsync(changed, copy, TestContext.Current.CancellationToken);
            (await BundleScene.CheckAsync(changed)).State.ShouldNotBe(BundleState.Intact, $"byte {places[i]}");
            if (i % 50 == 0)
                (await BundleScene.PythonAsync(changed)).Code.ShouldBe(1);
        }
    }

    [Fact]
    public async Task A_byte_of_any_file_in_it_changed_is_found_even_when_the_archive_is_made_to_fit()
    {
        await BundleAsync();
        var files = BundleScene.Unpack(scene.Path("bundle.zip"));
        var random = new Random(7);
        foreach (var name in files.Keys.Where(name => files[name].Length > 0))
        {
            for (var trial = 0; trial < 6; trial++)
            {
                var forged = files.ToDictionary();
                forged[name] = [.. files[name]];
                forged[name][random.Next(forged[name].Length)] ^= (byte)(1 << random.Next(8));
                var path = scene.Forge(forged, fixManifest: false);
                (await BundleScene.CheckAsync(path)).State.ShouldNotBe(BundleState.Intact, name);
                if (trial == 0 && name != BundleFormat.Manifest)
                    (await BundleScene.PythonAsync(path)).ShouldBe((1, $"NOT INTACT: {name} was changed\n"));
            }
        }
    }

    [Fact]
    public async Task A_byte_changed_is_found_even_by_one_who_can_make_archive_and_manifest_fit()
    {
        await BundleAsync();
        var files = BundleScene.Unpack(scene.Path("bundle.zip"));
        (await BundleScene.CheckAsync(scene.Forge(files))).Problem.ShouldBeNull();
        var random = new Random(8);
        foreach (var name in files.Keys.Where(name => name != BundleFormat.Manifest && files[name].Length > 0))
        {
            for (var trial = 0; trial < 6; trial++)
            {
                var forged = files.ToDictionary();
                forged[name] = [.. files[name]];
                var place = random.Next(forged[name].Length);
                forged[name][place] ^= (byte)(1 << random.Next(8));
                (await BundleScene.CheckAsync(scene.Forge(forged), scene.Key)).State.ShouldNotBe(
                    BundleState.Intact, $"{name}, byte {place}");
            }
        }
        string[] evidence = [BundleFormat.Entries, BundleFormat.Proof, BundleFormat.Checkpoint];
        foreach (var name in evidence)
        {
            var forged = files.ToDictionary();
            forged[name] = Encoding.UTF8.GetBytes(Swap(Encoding.UTF8.GetString(files[name])));
            (await BundleScene.PythonAsync(scene.Forge(forged))).Code.ShouldBe(1);
        }
    }

    [Theory]
    [InlineData("delete", "Entry 5 is missing: entry 6 stands in its place")]
    [InlineData("cut", "are missing")]
    [InlineData("swap", "Entry 5 is missing: entry 6 stands in its place")]
    [InlineData("repeat", "Entry 6 is missing: entry 5 stands in its place")]
    [InlineData("edit", "Entry 5 was changed")]
    [InlineData("redact", "redacted")]
    public async Task Entries_that_were_moved_cut_or_changed_are_named(string attack, string why)
    {
        await BundleAsync();
        var files = BundleScene.Unpack(scene.Path("bundle.zip"));
        var lines = Encoding.UTF8.GetString(files[BundleFormat.Entries]).Split('\n')[..^1].ToList();
        switch (attack)
        {
            case "delete": lines.RemoveAt(3); break;
            case "cut": lines.RemoveAt(lines.Count - 1); break;
            case "swap": (lines[3], lines[4]) = (lines[4], lines[3]); break;
            case "repeat": lines.Insert(3, lines[3]); break;
            case "edit": lines[3] = lines[3].Replace("drafting", "Drafting", StringComparison.Ordinal); break;
            default: lines[3] = $"{lines[3][..lines[3].IndexOf(",\"body\"", StringComparison.Ordinal)]},\"redacted\":true}}"; break;
        }
        files[BundleFormat.Entries] = Encoding.UTF8.GetBytes(string.Concat(lines.Select(static line => line + "\n")));
        var path = scene.Forge(files);
        (await BundleScene.CheckAsync(path)).Problem.ShouldNotBeNull().ShouldContain(why);
        (await BundleScene.PythonAsync(path)).Code.ShouldBe(1);
    }

    [Fact]
    public async Task A_bundle_signed_with_a_key_of_somebody_else_is_found_when_the_key_is_known()
    {
        await BundleAsync();
        var files = BundleScene.Unpack(scene.Path("bundle.zip"));
        using var attacker = new TestKey("ledger.example/contoso");
        var text = Encoding.UTF8.GetString(files[BundleFormat.Checkpoint]);
        files[BundleFormat.Checkpoint] =
            Encoding.UTF8.GetBytes(attacker.Sign(text[..(text.LastIndexOf("\n\n", StringComparison.Ordinal) + 1)]).ToString());
        var unknown = scene.Forge(files);
        (await BundleScene.CheckAsync(unknown)).Problem.ShouldNotBeNull().ShouldContain("not to be believed");
        files[BundleFormat.Key] = Encoding.UTF8.GetBytes($"{attacker.Verifier}\n");
        files[BundleFormat.Earlier] = [];
        var forged = scene.Forge(files);
        (await BundleScene.CheckAsync(forged, scene.Key)).Problem.ShouldBe(
            $"It is signed with another key ({attacker.Verifier}) than the one given ({scene.Key}).");
        await File.WriteAllTextAsync(scene.Path("key.txt"), $"{scene.Key}\n", TestContext.Current.CancellationToken);
        (await BundleScene.PythonAsync(forged, scene.Path("key.txt"))).ShouldBe((1, "NOT INTACT: another key than the trusted one\n"));
    }

    [Fact]
    public async Task What_is_no_bundle_or_no_whole_one_is_told_apart()
    {
        var bytes = await BundleAsync();
        await ToldAsync([], BundleState.Unreadable, "not a zip file");
        await ToldAsync("%PDF-1.7 and so on"u8.ToArray(), BundleState.Unreadable, "not a zip file");
        await ToldAsync(bytes[..^1], BundleState.Changed, "cut short");
        await ToldAsync(bytes[..(bytes.Length / 2)], BundleState.Changed, "cut short");
        await ToldAsync([.. bytes, 0], BundleState.Changed, "cut short");
        await ToldAsync(bytes[..10], BundleState.Changed, "cut short");
        var cut = bytes[..(bytes.Length / 2)].Concat(bytes[^71..]).ToArray();
        BundleScene.WriteWithHash(scene.Path("cut.zip"), cut);
        (await BundleScene.CheckAsync(scene.Path("cut.zip"))).ShouldSatisfyAllConditions(
            verdict => verdict.State.ShouldBe(BundleState.Changed),
            verdict => verdict.Problem.ShouldNotBeNull().ShouldContain("archive is damaged"));
        (await BundleScene.CheckAsync(scene.Path("nowhere.zip"))).ShouldSatisfyAllConditions(
            verdict => verdict.State.ShouldBe(BundleState.Unreadable), verdict => verdict.Problem.ShouldBe("There is no such file."));
    }

    [Fact]
    public async Task Another_version_another_tenant_a_missing_and_an_added_file_are_told_apart()
    {
        await BundleAsync();
        var files = BundleScene.Unpack(scene.Path("bundle.zip"));
        var manifest = Encoding.UTF8.GetString(files[BundleFormat.Manifest]);
        var version = files.ToDictionary();
        version[BundleFormat.Manifest] =
            Encoding.UTF8.GetBytes(manifest.Replace("\"version\": 1", "\"version\": 2", StringComparison.Ordinal));
        await ForgedAsync(version, BundleState.Unreadable, "It is a bundle of version 2; this program knows version 1.",
            fixManifest: false);
        var missing = files.ToDictionary();
        missing.Remove(BundleFormat.Proof);
        await ForgedAsync(missing, BundleState.Changed, "proof.json is missing.", fixManifest: false);
        await ForgedAsync(missing, BundleState.Changed, "proof.json is missing.", fixManifest: true);
        var noManifest = files.ToDictionary();
        noManifest.Remove(BundleFormat.Manifest);
        await ForgedAsync(noManifest, BundleState.Changed, "manifest.json is missing.", fixManifest: false);
        var added = files.ToDictionary();
        added["../../etc/passwd"] = [1];
        await ForgedAsync(added, BundleState.Changed, "../../etc/passwd does not belong into it.", fixManifest: true);
        var tenant = files.ToDictionary();
        tenant[BundleFormat.Manifest] =
            Encoding.UTF8.GetBytes(manifest.Replace("\"tenant\": \"contoso\"", "\"tenant\": \"fabrikam\"", StringComparison.Ordinal));
        await ForgedAsync(tenant, BundleState.Changed, "It is a bundle of fabrikam, not of contoso.", fixManifest: false);
        var forged = scene.Forge(tenant, fixManifest: false);
        (await new BundleCheck(CoreFeatures.Catalog).RunAsync(forged, null, [], CancellationToken.None)).Problem.ShouldNotBeNull()
            .ShouldContain("not of a ledger of fabrikam");
    }

    [Fact]
    public async Task Encrypted_parts_are_all_there_or_none_is_and_each_is_the_one_that_its_entry_names()
    {
        await scene.Story.VerifiedAsync();
        var files = BundleScene.Unpack(await scene.ExportAsync(await scene.RequestAsync(withSealed: true)));
        var whole = scene.Forge(files);
        (await BundleScene.CheckAsync(whole, scene.Key)).Problem.ShouldBeNull();
        (await BundleScene.PythonAsync(whole)).Code.ShouldBe(0);
        var lines = Encoding.UTF8.GetString(files[BundleFormat.Entries]);
        var part = System.Text.RegularExpressions.Regex.Match(
            lines, ",\"sealed\":\"[^\"]+\"", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(5)).Value;
        part.Length.ShouldBeGreaterThan(50);
        (string Lines, bool Sealed, string Why)[] attacks =
        [
            (System.Text.RegularExpressions.Regex.Replace(lines, ",\"sealed\":\"[^\"]+\"", "",
                System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(5)), true, "lacks its encrypted part"),
            (lines.Replace(part, "", StringComparison.Ordinal), true, "lacks its encrypted part"),
            (lines.Replace(part, part[..^3] + (part[^3] == 'A' ? "E" : "A") + part[^2..], StringComparison.Ordinal), true, "Entry "),
            (lines.Replace(part, ",\"sealed\":\"AAAA\"", StringComparison.Ordinal), true, "does not have the hash"),
            (lines, false, "the manifest says that none is in it"),
        ];
        foreach (var (changed, isEncrypted, why) in attacks)
        {
            var forged = files.ToDictionary();
            forged[BundleFormat.Entries] = Encoding.UTF8.GetBytes(changed);
            if (!isEncrypted)
                forged[BundleFormat.Manifest] =
                    Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(files[BundleFormat.Manifest])
                        .Replace("\"sealed\": true", "\"sealed\": false", StringComparison.Ordinal));
            var path = scene.Forge(forged);
            (await BundleScene.CheckAsync(path)).Problem.ShouldNotBeNull().ShouldContain(why);
            (await BundleScene.PythonAsync(path)).Code.ShouldBe(1);
        }
    }

    [Fact]
    public async Task Documents_of_a_derivation_that_is_not_known_are_taken_neither_for_forged_nor_for_checked()
    {
        await BundleAsync();
        var files = BundleScene.Unpack(scene.Path("bundle.zip"));
        files[BundleFormat.Manifest] =
            Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(files[BundleFormat.Manifest])
                .Replace($"\"derivation\": {BundleFormat.Derivation}", "\"derivation\": 0", StringComparison.Ordinal));
        files[BundleFormat.Report] = "<p>as it was once</p>"u8.ToArray();
        var verdict = await BundleScene.CheckAsync(scene.Forge(files));
        verdict.State.ShouldBe(BundleState.Unreadable);
        verdict.Problem.ShouldNotBeNull().ShouldContain($"made by derivation 0, and this program knows {BundleFormat.Derivation}");
    }

    private static string Swap(string text) => text.Replace('a', '\u0001').Replace('b', 'a').Replace('\u0001', 'b');

    private async Task<byte[]> BundleAsync()
    {
        await scene.Story.EverythingAsync();
        return await File.ReadAllBytesAsync(
            await scene.ExportAsync(await scene.RequestAsync(2, 50), "bundle.zip", await scene.SignAsync(30)),
            TestContext.Current.CancellationToken);
    }

    private async Task ToldAsync(byte[] bytes, BundleState state, string why)
    {
        await File.WriteAllBytesAsync(scene.Path("told.zip"), bytes, TestContext.Current.CancellationToken);
        var verdict = await BundleScene.CheckAsync(scene.Path("told.zip"));
        verdict.Problem.ShouldNotBeNull().ShouldContain(why);
        verdict.State.ShouldBe(state);
        (await BundleScene.PythonAsync(scene.Path("told.zip"))).Code.ShouldBe(1);
    }

    private async Task ForgedAsync(Dictionary<string, byte[]> files, BundleState state, string why, bool fixManifest)
    {
        var verdict = await BundleScene.CheckAsync(scene.Forge(files, fixManifest));
        verdict.Problem.ShouldBe(why);
        verdict.State.ShouldBe(state);
    }
}
