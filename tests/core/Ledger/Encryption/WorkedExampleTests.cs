using System.Security.Cryptography;
using System.Text;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;

namespace DevOpsAI.Tests.Ledger.Encryption;

/// <summary>Encrypted payloads and commitments of the worked example, made by an independent implementation.</summary>
public sealed class WorkedExampleTests
{
    [Fact]
    public void Every_payload_opens_and_has_the_hash_and_the_commitment_that_its_leaf_names()
    {
        var example = DevOpsAI.Tests.Ledger.Vectors.Read("ledger-worked-example.json");
        var key = example.GetProperty("dekBase64_TEST_ONLY").GetBytesFromBase64();
        var payloads = example.GetProperty("sealedPayloads").EnumerateArray().ToList();
        payloads.Count.ShouldBe(3);
        foreach (var payload in payloads)
        {
            var nonce = payload.GetProperty("nonce").GetBytesFromBase64();
            var stored = payload.GetProperty("ciphertextAndTag").GetBytesFromBase64();
            var associated = Encoding.UTF8.GetBytes(payload.GetProperty("aad").GetString()!);
            var expected = Encoding.UTF8.GetBytes(payload.GetProperty("plaintext").GetString()!);
            var plaintext = new byte[stored.Length - EncryptedBox.TagSize];
            EncryptedBox.TryOpen(key, nonce, associated, stored, plaintext).ShouldBeTrue();
            plaintext.ShouldBe(expected);
            var again = new byte[stored.Length];
            EncryptedBox.Encrypt(key, nonce, associated, expected, again);
            again.ShouldBe(stored);

            var leaf = example.GetProperty("entries")[payload.GetProperty("seq").GetInt32()].GetProperty("entry").GetProperty("sealed");
            SHA256.HashData([.. nonce, .. stored]).ShouldBe(leaf.GetProperty("ctHash").GetBytesFromBase64());
            var parts = System.Text.Json.JsonElement.Parse(plaintext);
            var commitment = new byte[32];
            EncryptedBox.Commit(parts.GetProperty("salt").GetBytesFromBase64(),
                Jcs.Canonicalize(Encoding.UTF8.GetBytes(parts.GetProperty("pii").GetRawText())), commitment);
            commitment.ShouldBe(leaf.GetProperty("commit").GetBytesFromBase64());

            for (var at = 0; at < stored.Length; at++)
            {
                stored[at] ^= 1;
                EncryptedBox.TryOpen(key, nonce, associated, stored, plaintext).ShouldBeFalse();
                stored[at] ^= 1;
            }
            associated[^2] ^= 1;
            EncryptedBox.TryOpen(key, nonce, associated, stored, plaintext).ShouldBeFalse();
        }
    }
}
