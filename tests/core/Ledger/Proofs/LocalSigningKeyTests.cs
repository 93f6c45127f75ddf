using System.Security.Cryptography;
using DevOpsAI.Ledger.Proofs;

namespace DevOpsAI.Tests.Ledger.Proofs;

public sealed class LocalSigningKeyTests : IDisposable
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
    private readonly string folder = Directory.CreateTempSubdirectory("signing-key-").FullName;

    private string KeyFile => Path.Combine(folder, "deeper", LocalSigningKey.FileName);

    [Fact]
    public async Task A_new_key_is_readable_by_its_owner_only_and_stays_the_same()
    {
        using var made = LocalSigningKey.OpenOrCreate(KeyFile);
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(KeyFile).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.GetFiles(Path.GetDirectoryName(KeyFile)!).ShouldHaveSingleItem();
        using var again = LocalSigningKey.OpenOrCreate(KeyFile);
        (await again.PublicKeyAsync(Cancel)).ToArray().ShouldBe((await made.PublicKeyAsync(Cancel)).ToArray());
        var signed = await again.SignAsync(new Checkpoint("test/contoso", 3, new byte[32]), Cancel);
        signed.Note.Verify([await made.VerifierKeyAsync("test/contoso", Cancel)]).IsTrusted.ShouldBeTrue();
    }

    [Fact]
    public async Task Many_that_start_at_once_end_up_with_one_key()
    {
        var keys = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            using var key = LocalSigningKey.OpenOrCreate(KeyFile);
            return Convert.ToHexString((await key.PublicKeyAsync(Cancel)).Span);
        })));
        keys.Distinct().ShouldHaveSingleItem();
        Directory.GetFiles(Path.GetDirectoryName(KeyFile)!).ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void A_key_that_others_may_read_is_refused(UnixFileMode more)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        LocalSigningKey.OpenOrCreate(KeyFile).Dispose();
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | more);
        Should.Throw<SigningKeyException>(() => LocalSigningKey.OpenOrCreate(KeyFile)).Message.ShouldContain("chmod 600");
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")]
    [InlineData("P-384")]
    [InlineData("public")]
    [InlineData("cut")]
    [InlineData("-----BEGIN PRIVATE "
        + "KEY-----\nMIIBeQIBADCCAQMGByqGSM49AgEwgfcCAQEwLAYHKoZIzj0BAQIhAP////8AAAAB\nAAAAAAAAAAAAAAAA////////////////MFsEIP////8AAAABAAAAAAAAAAAAAAAA\n///////////////8BCBaxjXYqjqT57PrvVV2mIa8ZR0GsMxTsPY7zjw+J9JgSwMV\nAMSdNgiG5wSTamZ44ROdJreBn36QBEEEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg\n9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9QIhAP////8A\nAAAA//////////+85vqtpxeehPO5ysL8YyVRAgEBBG0wawIBAQQgHpwP2g8oxa+L\n+F1d6fwMI3fqagTxmjJXUaUf3ZuIU3ShRANCAAS7rYa2qX9vTTTJyJGMfRdwAm34\nh6MhAoyy9Sw+KhoN+GSN+zINmF0kBm6Ie+hgcm+ekuPdmngGPpoWS0vZzfD0\n-----END PRIVATE KEY-----\n")]
    public async Task A_damaged_key_is_named_and_left_as_it_is(string what)
    {
        LocalSigningKey.OpenOrCreate(KeyFile).Dispose();
        using var other = ECDsa.Create(what == "P-384" ? ECCurve.NamedCurves.nistP384 : ECCurve.NamedCurves.nistP256);
        var content = what switch
        {
            "P-384" => other.ExportPkcs8PrivateKeyPem(),
            "public" => other.ExportSubjectPublicKeyInfoPem(),
            "cut" => (await File.ReadAllTextAsync(KeyFile, Cancel))[..^40],
            _ => what,
        };
        await File.WriteAllTextAsync(KeyFile, content, Cancel);
        Should.Throw<SigningKeyException>(() => LocalSigningKey.OpenOrCreate(KeyFile)).Message.ShouldContain("is damaged");
        (await File.ReadAllTextAsync(KeyFile, Cancel)).ShouldBe(content);
    }

    [Fact]
    public void A_missing_key_is_named_by_those_who_may_not_make_one() =>
        Should.Throw<SigningKeyException>(() => LocalSigningKey.Open(KeyFile)).Message.ShouldContain("There is no signing key");

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
