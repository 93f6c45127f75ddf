using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using DevOpsAI.Compliance.Bundles;

namespace DevOpsAI.Tests.Core.Compliance;

public sealed partial class DerivationTests
{
    /// <summary>
    /// When this fails, report or OSCAL say something else about the same entries than they did: raise
    /// <see cref="BundleFormat.Derivation"/> once something was released with the number as it is, and put the new hash here.
    /// </summary>
    [Fact]
    public async Task The_same_entries_give_the_documents_that_bundles_were_made_with()
    {
        using var scene = new BundleScene();
        await scene.Story.EverythingAsync();
        var files = BundleScene.Unpack(await scene.ExportAsync(await scene.RequestAsync()));
        // The results carry the note, whose signature is another one in every run; the report carries all that they say.
        string[] stable = ["oscal/component-definition.json", "report.html", "VERIFY.md"];
        var hashes = stable.Select(name => Convert.ToHexStringLower(SHA256.HashData(WithoutHashes(files[name])))[..16]);
        string.Join(' ', hashes).ShouldBe("b906a36e4e40c91a ab56aed2c793a373 61ee0a8fb154c2e0");
        BundleFormat.Derivation.ShouldBe(4);
    }

    /// <summary>What is encrypted beside entries is encrypted anew in every run, and their hashes are other ones.</summary>
    private static byte[] WithoutHashes(byte[] text) => Encoding.UTF8.GetBytes(Hash().Replace(Encoding.UTF8.GetString(text), "#"));

    [GeneratedRegex("[0-9a-f]{8,}|[A-Za-z0-9+/]{43}=", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Hash();
}
