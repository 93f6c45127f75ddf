namespace DevOpsAI.Compliance.Oscal;

/// <summary>A control of NIST SP 800-53 revision 5 and what the bot does for it.</summary>
/// <param name="Statements">Where only parts of the control are done: the part's id and how.</param>
internal sealed record ImplementedControl(string Id, string How, params (string Id, string How)[] Statements);

/// <summary>
/// Which controls this bot implements, and how. It evidences and enforces; policies, reviews and procedures that a control asks for as well
/// stay with the client and the provider, so most entries name single statements.
/// </summary>
internal static class ImplementedControls
{
    public const string Catalog =
        "https://raw.githubusercontent.com/usnistgov/oscal-content/main/nist.gov/SP800-53/rev5/json/NIST_SP-800-53_rev5_catalog.json";

    public static readonly IReadOnlyList<ImplementedControl> All =
    [
        new("ac-3.2", "A gate policy can ask for the approvals of two or more different people; the plan does not run before it has them."),
        new("ac-5", "Approver and requester are different people where the policy says so; a freeze is lifted by somebody else than the "
            + "person who set it.",
            ("ac-5_smt.b",
                "Roles per client (technician, approver, manager, administrator, auditor) decide who may do what; they are checked at "
                + "every act.")),
        new("ac-6.9",
            "Each privileged action is an entry of the ledger before it is sent, and another one with its outcome after it was read back."),
        new("au-3", "Every entry says what, when, where, by whom and with what outcome.",
            ("au-3_smt.a", "The entry's type names the event."),
            ("au-3_smt.b", "UTC with milliseconds, given by the ledger."),
            ("au-3_smt.c", "The client's ledger, the stream and the target as its vendor names it."),
            ("au-3_smt.d", "The connection or part of the bot that caused it, and the entry it answers to."),
            ("au-3_smt.e", "Steps and executions end in an outcome of their own entry."),
            ("au-3_smt.f", "The actor: a person by directory object id, a connection, or a part of the bot.")),
        new("au-8", "The ledger stamps its entries itself.",
            ("au-8_smt.b", "UTC, milliseconds, never before the entry before it.")),
        new("au-9.3",
            "Entries are leaves of a Merkle tree (RFC 6962) per client; signed checkpoints of its root go to places the operator cannot "
            + "rewrite unseen."),
        new("au-10",
            "A decision is bound to the signed-in person and to the plan digest of exactly what that person was shown; execution "
            + "checks the plan digest again."),
        new("au-12", "Nothing happens but by an entry.",
            ("au-12_smt.a", "Every alert, draft, gate, decision, execution, step, undo, freeze, role and channel change is an entry."),
            ("au-12_smt.c", "The entry is durable before the act it allows begins.")),
        new("cm-3", "Changes that the bot carries out pass a gate whose level follows from what the change can do.",
            ("cm-3_smt.b", "Gate levels ask for a person's decision where policy or the action itself demands it; silence ends in no."),
            ("cm-3_smt.c", "Each decision is an entry, with its reason."),
            ("cm-3_smt.d", "Approved plans are carried out step by step and the result is read back."),
            ("cm-3_smt.e", "Entries are kept; leaving one out or changing one shows.")),
        new("cm-3.1", "One living card per incident shows each change from its proposal to its end.",
            ("cm-3.1_smt.a", "Proposals with plan, evidence, risk and gate level."),
            ("cm-3.1_smt.b", "A card in the client's channel for those who may decide."),
            ("cm-3.1_smt.c", "Undecided proposals are escalated, and expire with a note."),
            ("cm-3.1_smt.d", "The executor needs the gate's entry and checks permission and plan digest again."),
            ("cm-3.1_smt.e", "Every step is an entry."),
            ("cm-3.1_smt.f", "The card ends at the outcome, with what was and what is.")),
        new("cm-4", "Reversibility and reach of each action decide the lowest gate level; what the plan rests on is observed before it "
            + "is proposed and again before it runs."),
        new("cm-5.1", "The same executor enforces and records.",
            ("cm-5.1_smt.a", "Nothing runs without its right in the ledger; freezes and the kill switch stop it at every step."),
            ("cm-5.1_smt.b", "Claims, steps and outcomes are entries.")),
        new("ir-4.1", "Alerts become incidents, drafts, gated plans and verified executions on one spine."),
        new("ir-5", "Each incident is tracked from its first alert to its end."),
        new("sc-12",
            "Each client's data key is made at random and wrapped by a key that the client manages: RSA in Azure Key Vault (wrap and "
            + "unwrap only), or a key file that only its owner can read. Keys are rotated by wrapping anew, and a key that is missing or "
            + "damaged is never replaced silently."),
        new("sc-13",
            "AES-256-GCM, SHA-256, HKDF and ECDSA P-256 of the platform's own cryptography; whether that is a validated module depends "
            + "on where it runs.",
            ("sc-13_smt.b",
                "AES-256-GCM for what is encrypted, AES key wrap and RSA-OAEP-256 for keys, ECDSA P-256 for checkpoints, SHA-256 for the "
                + "ledger's tree.")),
        new("sc-28",
            "What is confidential or personal in an entry (titles, descriptions, drafted texts, command output, names, reasons) is kept "
            + "encrypted beside it. Ids, times, kinds, plans and device names stay readable, so the storage itself has to be protected "
            + "as well."),
        new("sc-28.1",
            "Encrypted parts are encrypted with AES-256-GCM under a key of their own, derived from the client's data key or from that of "
            + "the person they are about; destroying that key erases them."),
        new("si-7.7", "A ledger that fails its check is reported with the entry where it fails; evidence is not exported from it."),
    ];
}
