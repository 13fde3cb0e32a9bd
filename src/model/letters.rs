//! Which characters words are made of and how each is folded, as FTS5's tokenizer `unicode61
//! remove_diacritics 2` has it in the SQLite that is compiled in. A test of the store holds every
//! character against SQLite itself, so that another table in another SQLite is noticed.

/// Characters that words are made of, as ranges in hexadecimal.
pub(super) const LETTERS: &str =
    "30-39 41-5a 61-7a aa b2-b3 b5 b9-ba bc-be c0-d6 d8-f6 f8-2c1 2c6-2d1 2e0-2e4 2ec 2ee 370-374 376-37d 37f-383
    386 388-3f5 3f7-481 48a-559 560-588 58b-58e 590 5c8-5f2 5f5-5ff 605 61c-61d 620-64a 660-669 66e-66f 671-6d3
    6d5 6e5-6e6 6ee-6fc 6ff 70e 710 712-72f 74b-7a5 7b1-7ea 7f4-7f5 7fa-815 81a 824 828 82e-82f 83f-858 85c-85d
    85f-8e3 8ff 904-939 93d 950 958-961 966-96f 971-980 984-9bb 9bd 9c5-9c6 9c9-9ca 9ce-9d6 9d8-9e1 9e4-9f1
    9f4-9f9 9fc-a00 a04-a3b a3d a43-a46 a49-a4a a4e-a50 a52-a6f a72-a74 a76-a80 a84-abb abd ac6 aca ace-ae1
    ae4-aef af2-b00 b04-b3b b3d b45-b46 b49-b4a b4e-b55 b58-b61 b64-b6f b71-b81 b83-bbd bc3-bc5 bc9 bce-bd6
    bd8-bf2 bfb-c00 c04-c3d c45 c49 c4e-c54 c57-c61 c64-c7e c80-c81 c84-cbb cbd cc5 cc9 cce-cd4 cd7-ce1 ce4-d01
    d04-d3d d45 d49 d4e-d56 d58-d61 d64-d78 d7a-d81 d84-dc9 dcb-dce dd5 dd7 de0-df1 df5-e30 e32-e33 e3b-e3e
    e40-e46 e50-e59 e5c-eb0 eb2-eb3 eba ebd-ec7 ece-f00 f20-f33 f40-f70 f88-f8c f98 fbd fcd fdb-102a 103f-1049
    1050-1055 105a-105d 1061 1065-1066 106e-1070 1075-1081 108e 1090-1099 10a0-10fa 10fc-135c 1369-138f
    139a-13ff 1401-166c 166f-167f 1681-169a 169d-16ea 16ee-1711 1715-1731 1737-1751 1754-1771 1774-17b3 17d7
    17dc 17de-17ff 180f-18a8 18aa-191f 192c-192f 193c-193f 1941-1943 1946-19af 19c1-19c7 19ca-19dd 1a00-1a16
    1a1c-1a1d 1a20-1a54 1a5f 1a7d-1a7e 1a80-1a9f 1aa7 1aae-1aff 1b05-1b33 1b45-1b59 1b7d-1b7f 1b83-1ba0
    1bae-1be5 1bf4-1bfb 1c00-1c23 1c38-1c3a 1c40-1c7d 1c80-1cbf 1cc8-1ccf 1ce9-1cec 1cee-1cf1 1cf5-1dbf
    1de7-1dfb 1e00-1fbc 1fbe 1fc2-1fcc 1fd0-1fdc 1fe0-1fec 1ff0-1ffc 1fff 2065-2069 2070-2079 207f-2089
    208f-209f 20ba-20cf 20f1-20ff 2102 2107 210a-2113 2115 2119-211d 2124 2126 2128 212a-212d 212f-2139
    213c-213f 2145-2149 214e 2150-218f 23f4-23ff 2427-243f 244b-249b 24ea-24ff 2700 2776-2793 2b4d-2b4f
    2b5a-2ce4 2ceb-2cee 2cf2-2cf8 2cfd 2d00-2d6f 2d71-2d7e 2d80-2ddf 2e2f 2e3c-2e7f 2e9a 2ef4-2eff 2fd6-2fef
    2ffc-2fff 3005-3007 3021-3029 3031-3035 3038-303c 3040-3098 309d-309f 30a1-30fa 30fc-318f 3192-3195
    31a0-31bf 31e4-31ff 321f-3229 3248-324f 3251-325f 3280-3289 32b1-32bf 32ff 3400-4dbf 4e00-a48f a4c7-a4fd
    a500-a60c a610-a66e a67f-a69e a6a0-a6ef a6f8-a6ff a717-a71f a722-a788 a78b-a801 a803-a805 a807-a80a
    a80c-a822 a82c-a835 a83a-a873 a878-a87f a882-a8b3 a8c5-a8cd a8d0-a8df a8f2-a8f7 a8fb-a925 a930-a946
    a954-a95e a960-a97f a984-a9b2 a9ce-a9dd a9e0-aa28 aa37-aa42 aa44-aa4b aa4e-aa5b aa60-aa76 aa7a aa7c-aaaf
    aab1 aab5-aab6 aab9-aabd aac0 aac2-aadd aae0-aaea aaf2-aaf4 aaf7-abe2 abee-fb1d fb1f-fb28 fb2a-fbb1
    fbc2-fd3d fd40-fdfb fdfe-fdff fe1a-fe1f fe27-fe2f fe53 fe67 fe6c-fefe ff00 ff10-ff19 ff21-ff3a ff41-ff5a
    ff66-ffdf ffe7 ffef-fff8 10000-100ff 10103-10136 10140-10178 1018a-1018f 1019c-101cf 101fe-1039e 103a0-103cf
    103d1-10856 10858-1091e 10920-1093e 10940-10a00 10a04 10a07-10a0b 10a10-10a37 10a3b-10a3e 10a40-10a4f
    10a59-10a7e 10a80-10b38 10b40-10fff 11003-11037 1104e-1107f 11083-110af 110c2-110ff 11103-11126 11135-1113f
    11144-1117f 11183-111b2 111c1-111c4 111c9-116aa 116b8-1246f 12474-16f50 16f7f-16f8e 16f93-1cfff 1d0f6-1d0ff
    1d127-1d128 1d1de-1d1ff 1d246-1d2ff 1d357-1d6c0 1d6c2-1d6da 1d6dc-1d6fa 1d6fc-1d714 1d716-1d734 1d736-1d74e
    1d750-1d76e 1d770-1d788 1d78a-1d7a8 1d7aa-1d7c2 1d7c4-1eeef 1eef2-1efff 1f02c-1f02f 1f094-1f09f 1f0af-1f0b0
    1f0bf-1f0c0 1f0d0 1f0e0-1f10f 1f12f 1f16c-1f16f 1f19b-1f1e5 1f203-1f20f 1f23b-1f23f 1f249-1f24f 1f252-1f2ff
    1f321-1f32f 1f336 1f37d-1f37f 1f394-1f39f 1f3c5 1f3cb-1f3df 1f3f1-1f3ff 1f43f 1f441 1f4f8 1f4fd-1f4ff
    1f53e-1f53f 1f544-1f54f 1f568-1f5fa 1f641-1f644 1f650-1f67f 1f6c6-1f6ff 1f774-e0000 e0002-e001f e0080-e00ff
    e01f0-10ffff";

/// Marks that words go on over and that are dropped.
pub(super) const MARKS: &str = "300-304 306-30c 30f 311 31b 323-328 32d-32e 330-331";

/// What characters become: `41-5a>61` is a range of which each becomes the one as far on from 61; `/2` takes
/// every second one; `c0-c5=61` is a range of which each becomes 61.
pub(super) const FOLDS: &str =
    "41-5a>61 b5>3bc c0-c5=61 c6>e6 c7>63 c8-cb=65 cc-cf=69 d0>f0 d1-d2>6e d3-d6=6f d8>f8 d9-dc=75 dd>79 de>fe
    e0-e5=61 e7>63 e8-eb=65 ec-ef=69 f1-f2>6e f3-f6=6f f9-fc=75 fd>79 ff>79 100-105=61 106-10d=63 10e-10f=64
    110>111 112-11b=65 11c-123=67 124-125=68 126>127 128-130=69 132>133 134-135=6a 136-137=6b 139-13e=6c
    13f-141/2>140 143-148=6e 14a>14b 14c-151=6f 152>153 154-159=72 15a-161=73 162-165=74 166>167 168-173=75
    174-175=77 176-178=79 179-17e=7a 17f>73 181>253 182-184/2>183 186>254 187>188 189-18a>256 18b>18c 18e>1dd
    18f>259 190>25b 191>192 193>260 194>263 196>269 197>268 198>199 19c>26f 19d>272 19f>275 1a0-1a1=6f
    1a2-1a4/2>1a3 1a6>280 1a7>1a8 1a9>283 1ac>1ad 1ae>288 1af-1b0=75 1b1-1b2>28a 1b3-1b5/2>1b4 1b7>292 1b8>1b9
    1bc>1bd 1c4-1c5=1c6 1c7-1c8=1c9 1ca-1cb=1cc 1cd-1ce=61 1cf-1d0=69 1d1-1d2=6f 1d3-1dc=75 1de-1df=61
    1e0-1e4/2>1e1 1e6-1e7=67 1e8-1e9=6b 1ea-1ed=6f 1ee>1ef 1f0>6a 1f1-1f2=1f3 1f4-1f5=67 1f6>195 1f7>1bf
    1f8-1f9=6e 1fa-1fb=61 1fc-1fe/2>1fd 200-203=61 204-207=65 208-20b=69 20c-20f=6f 210-213=72 214-217=75
    218-219=73 21a-21b=74 21c>21d 21e-21f=68 220>19e 222-224/2>223 226-227=61 228-229=65 22a-231=6f 232-233=79
    23a>2c65 23b>23c 23d>19a 23e>2c66 241>242 243>180 244>289 245>28c 246-24e/2>247 370-372/2>371 376>377
    386>3ac 388-38a>3ad 38c>3cc 38e-38f>3cd 391-3a1>3b1 3a3-3ab>3c3 3c2>3c3 3cf>3d7 3d0>3b2 3d1>3b8 3d5>3c6
    3d6>3c0 3d8-3ee/2>3d9 3f0>3ba 3f1>3c1 3f4>3b8 3f5>3b5 3f7>3f8 3f9>3f2 3fa>3fb 3fd-3ff>37b 400-40f>450
    410-42f>430 460-480/2>461 48a-4be/2>48b 4c0>4cf 4c1-4cd/2>4c2 4d0-526/2>4d1 531-556>561 10a0-10c5>2d00
    10c7>2d27 10cd>2d2d 1e00-1e01=61 1e02-1e07=62 1e08-1e09=63 1e0a-1e13=64 1e14-1e1d=65 1e1e-1e1f=66
    1e20-1e21=67 1e22-1e2b=68 1e2c-1e2f=69 1e30-1e35=6b 1e36-1e3d=6c 1e3e-1e43=6d 1e44-1e4b=6e 1e4c-1e53=6f
    1e54-1e57=70 1e58-1e5f=72 1e60-1e69=73 1e6a-1e71=74 1e72-1e7b=75 1e7c-1e7f=76 1e80-1e89=77 1e8a-1e8d=78
    1e8e-1e8f=79 1e90-1e95=7a 1e96>68 1e97>74 1e98>77 1e99>79 1e9b>73 1e9e>df 1ea0-1eb7=61 1eb8-1ec7=65
    1ec8-1ecb=69 1ecc-1ee3=6f 1ee4-1ef1=75 1ef2-1ef9=79 1efa-1efe/2>1efb 1f08-1f0f>1f00 1f18-1f1d>1f10
    1f28-1f2f>1f20 1f38-1f3f>1f30 1f48-1f4d>1f40 1f59-1f5f/2>1f51 1f68-1f6f>1f60 1f88-1f8f>1f80 1f98-1f9f>1f90
    1fa8-1faf>1fa0 1fb8-1fb9>1fb0 1fba-1fbb>1f70 1fbc>1fb3 1fbe>3b9 1fc8-1fcb>1f72 1fcc>1fc3 1fd8-1fd9>1fd0
    1fda-1fdb>1f76 1fe8-1fe9>1fe0 1fea-1feb>1f7a 1fec>1fe5 1ff8-1ff9>1f78 1ffa-1ffb>1f7c 1ffc>1ff3 2126>3c9
    212a>6b 212b>61 2132>214e 2160-216f>2170 2183>2184 2c00-2c2e>2c30 2c60>2c61 2c62>26b 2c63>1d7d 2c64>27d
    2c67-2c6b/2>2c68 2c6d>251 2c6e>271 2c6f>250 2c70>252 2c72>2c73 2c75>2c76 2c7e-2c7f>23f 2c80-2ce2/2>2c81
    2ceb-2ced/2>2cec 2cf2>2cf3 a640-a66c/2>a641 a680-a696/2>a681 a722-a72e/2>a723 a732-a76e/2>a733
    a779-a77b/2>a77a a77d>1d79 a77e-a786/2>a77f a78b>a78c a78d>265 a790-a792/2>a791 a7a0-a7a8/2>a7a1 a7aa>266
    ff21-ff3a>ff41 10400-10427>10428";
