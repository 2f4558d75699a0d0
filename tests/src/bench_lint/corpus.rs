//! Texts as people write them, in the language of each tool: made of pieces that are counted up, the same on each run, and
//! filled up to an exact number of bytes with a comment. Each is without a finding of the tool that reads it.

/// A language: how its files begin and end, and the piece of a number.
pub struct Language {
    /// The ending of its files.
    pub ending: &'static str,
    head: fn(usize) -> String,
    piece: fn(usize) -> String,
    tail: &'static str,
    /// What a line of comment begins and ends with.
    comment: (&'static str, &'static str),
}

impl Language {
    /// A text of exactly `bytes` bytes, if that is more than the head and some pieces; `number` tells it from others.
    pub fn text(&self, number: usize, bytes: usize) -> String {
        let mut text = (self.head)(number);
        let room = bytes.saturating_sub(self.tail.len() + self.comment.0.len() + self.comment.1.len() + 1);
        for at in 0.. {
            let piece = (self.piece)(at);
            if text.len() + piece.len() > room {
                break;
            }
            text.push_str(&piece);
        }
        let padding = ".".repeat(room.saturating_sub(text.len()));
        text.push_str(&format!("{}{padding}{}\n{}", self.comment.0, self.comment.1, self.tail));
        text
    }
}

/// Resource type registration files.
pub const RTR: Language = Language {
    ending: "rtr",
    head: |number| {
        format!(
            "# The service number {number}.\nResource_type = \"service{number}\";\nVendor_id = XMPL;\nRT_version = \"2.0\";\n\
             RT_description = \"A service with a monitor\";\nAPI_version = 2;\nFailover = TRUE;\n\
             RT_basedir = /opt/XMPLservice/bin;\nStart = service_start;\nStop = service_stop;\nValidate = service_validate;\n\
             Monitor_start = monitor_start;\nMonitor_stop = monitor_stop;\n\n#$upgrade\n\
             #$upgrade_from \"1.0\" WHEN_OFFLINE\n#$upgrade_from \"1.1\" ANYTIME\n\n\
             {{ PROPERTY = Start_timeout; MIN = 60; DEFAULT = 300; }}\n\
             {{ PROPERTY = Stop_timeout; MIN = 60; DEFAULT = 300; }}\n\
             {{ PROPERTY = Validate_timeout; MIN = 60; DEFAULT = 300; }}\n\
             {{ PROPERTY = Monitor_start_timeout; MIN = 60; DEFAULT = 300; }}\n\
             {{ PROPERTY = Monitor_stop_timeout; MIN = 60; DEFAULT = 300; }}\n\
             {{\n\tPROPERTY = Failover_mode;\n\tDEFAULT = SOFT;\n\tTUNABLE = ANYTIME;\n}}\n"
        )
    },
    piece: |number| {
        let kind = match number % 4 {
            0 => "STRING;\n\tMINLENGTH = 1;\n\tDEFAULT = \"/var/run/service\"",
            1 => "INT;\n\tMIN = 0;\n\tMAX = 3600;\n\tDEFAULT = 30",
            2 => "BOOLEAN;\n\tDEFAULT = TRUE",
            _ => "ENUM { NONE, SOFT, HARD };\n\tDEFAULT = SOFT",
        };
        format!(
            "\n# Option number {number}, for those who need it.\n{{\n\tPROPERTY = Option_{number};\n\tEXTENSION;\n\t{kind};\n\
             \tTUNABLE = WHEN_DISABLED;\n\tDESCRIPTION = \"What the option number {number} does\";\n}}\n"
        )
    },
    tail: "",
    comment: ("# ", ""),
};

/// Python modules.
pub const PYTHON: Language = Language {
    ending: "py",
    head: |number| {
        format!("\"\"\"The service number {number}.\"\"\"\n\nimport os\n\nBASE = os.environ.get(\"BASE\", \"/opt\")\n")
    },
    piece: |number| {
        format!(
            "\n\nclass Option{number}:\n    \"\"\"Option number {number}, for those who need it.\"\"\"\n\n\
             \x20   def __init__(self, name: str, limit: int = {number}) -> None:\n        self.name = name\n\
             \x20       self.limit = limit\n        self.values: list[int] = []\n\n\
             \x20   def add(self, value: int) -> bool:\n        \"\"\"Adds a value unless there are too many.\"\"\"\n\
             \x20       if len(self.values) >= self.limit:\n            return False\n\
             \x20       self.values.append(value * 2 + 1)\n        return True\n\n\
             \x20   def path(self) -> str:\n        return os.path.join(BASE, self.name, f\"option-{{self.limit}}\")\n"
        )
    },
    tail: "",
    comment: ("# ", ""),
};

/// TOML settings.
pub const TOML: Language = Language {
    ending: "toml",
    head: |number| format!("# The service number {number}.\ntitle = \"service {number}\"\nvendor = \"XMPL\"\n"),
    piece: |number| {
        format!(
            "\n# Option number {number}, for those who need it.\n[option.number_{number}]\nname = \"Option_{number}\"\n\
             extension = true\nmin = 0\nmax = 3600\ndefault = {}\nratio = 0.{number}\ntunable = \"WHEN_DISABLED\"\n\
             literals = [\"NONE\", \"SOFT\", \"HARD\"]\nlimits = {{ low = 1, high = {number} }}\n\
             description = \"What the option number {number} does\"\n",
            number % 3600
        )
    },
    tail: "",
    comment: ("# ", ""),
};

/// Shell scripts.
pub const SHELL: Language = Language {
    ending: "sh",
    head: |number| format!("#!/bin/sh\n# The service number {number}.\nset -eu\nbase=\"${{BASE:-/opt}}\"\n"),
    piece: |number| {
        format!(
            "\n# Option number {number}, for those who need it.\noption_{number}() {{\n    name=\"$1\"\n    limit=\"${{2:-{number}}}\"\n\
             \x20   if [ \"$limit\" -gt 3600 ]; then\n        echo \"expected at most 3600, found $limit\" >&2\n        return 1\n    fi\n\
             \x20   for file in \"$base/$name\"/*.conf; do\n        [ -f \"$file\" ] || continue\n\
             \x20       grep -q \"^option_{number}=\" \"$file\" && printf '%s\\n' \"$file\"\n    done\n}}\noption_{number} service\n"
        )
    },
    tail: "",
    comment: ("# ", ""),
};

/// The configuration of a Pacemaker cluster.
pub const CIB: Language = Language {
    ending: "xml",
    head: |number| {
        format!(
            "<cib validate-with=\"pacemaker-3.9\" admin_epoch=\"0\" epoch=\"{number}\" num_updates=\"0\">\n  <configuration>\n\
             \x20   <crm_config>\n      <cluster_property_set id=\"options\">\n\
             \x20       <nvpair id=\"options-stonith\" name=\"stonith-enabled\" value=\"false\"/>\n      </cluster_property_set>\n\
             \x20   </crm_config>\n    <nodes>\n      <node id=\"1\" uname=\"tokyo\"/>\n      <node id=\"2\" uname=\"osaka\"/>\n\
             \x20   </nodes>\n    <resources>\n"
        )
    },
    piece: |number| {
        format!(
            "      <primitive id=\"service{number}\" class=\"ocf\" provider=\"heartbeat\" type=\"Dummy\">\n\
             \x20       <instance_attributes id=\"service{number}-attributes\">\n\
             \x20         <nvpair id=\"service{number}-state\" name=\"state\" value=\"/run/service{number}\"/>\n\
             \x20         <nvpair id=\"service{number}-delay\" name=\"op_sleep\" value=\"{}\"/>\n        </instance_attributes>\n\
             \x20       <operations>\n          <op id=\"service{number}-start\" name=\"start\" interval=\"0\" timeout=\"60s\"/>\n\
             \x20         <op id=\"service{number}-monitor\" name=\"monitor\" interval=\"10s\" timeout=\"20s\"/>\n\
             \x20       </operations>\n      </primitive>\n",
            number % 60
        )
    },
    tail: "    </resources>\n    <constraints/>\n  </configuration>\n  <status/>\n</cib>\n",
    comment: ("<!-- ", " -->"),
};
