/* Built from frontend/ by its build.mjs. Lit: BSD-3-Clause, Google LLC. */
import{A as ae,B as C,a as g,b as s,c as B,d as c,e as y,f as u,g as j,h as H,i as J,j as X,k as Z,l as k,m as P,n as Q,o as b,p as F,q as v,r as ee,s as te,t as S,u as z,v as re,w as ie,x as ne,y as _,z as V}from"./shared.js";var oe=1e4,U=500,$e=5e3,I=class{#e;#t;#r;#n=!1;#a=0;#i;#o=U;#s;constructor(e,t,r){this.#e=e,this.#t=t,this.#r=r}start(){this.#n||(this.#n=!0,this.#e.addEventListener("ready",this.#p),this.#e.addEventListener("disconnected",this.#h),this.#p())}stop(){this.#n&&(this.#n=!1,this.#e.removeEventListener("ready",this.#p),this.#e.removeEventListener("disconnected",this.#h),this.#c())}#p=()=>{this.#o=U,this.#m()};#h=()=>{this.#i=void 0,this.#c()};#m(){if(this.#c(),!this.#e.connected)return;let e=this.#a,t=()=>e===this.#a;this.#d(oe),this.#e.subscribeMessage(r=>{t()&&this.#f(r)},{type:`${u}/live/subscribe`,device_id:this.#t},{resubscribe:!1}).then(r=>{t()?this.#i=r:this.#l(r)},r=>{t()&&this.#u(r?.code)})}#f(e){if("ended"in e){this.#m();return}this.#o=U,this.#d(oe),"power"in e&&this.#r(e)}#u(e){clearTimeout(this.#s),e!=="unauthorized"&&(this.#d(this.#o),this.#o=Math.min(2*this.#o,$e))}#d(e){clearTimeout(this.#s),this.#s=setTimeout(()=>{this.#m()},e)}#c(){clearTimeout(this.#s),this.#a+=1,this.#i&&this.#l(this.#i),this.#i=void 0}#l(e){e().catch(()=>{})}};var Ee={B:"begin",E:"end",r:"end"};function K(a){let{readings:e,signature:t,pagination:r,record_url:i,archived:n}=a,o=e.at(-1),d=e[e.length/2],l=d?.transaction??o?.transaction??"",h=d?.time??o?.time;return{kind:Ee[l]??"intermediate",time:h?new Date(h):null,energy:e.length===6?Re(e[0],d):null,signature:t,pagination:r??null,downloads:[["OCMF",i],...n?[["XML",i.replace(/ocmf\b/,"xml")]]:[]],identity:Te(a.record)}}function Re(a,e){if(!a?.value||!e?.value)return null;let t=Number(e.value)-Number(a.value),r={Wh:.001,kWh:1}[e.unit??""];return Number.isFinite(t)&&r?Number((t*r).toFixed(6)):null}function Te(a){try{let{IT:e,ID:t}=JSON.parse(a.split("|",2)[1]??"");return{type:se(e),data:se(t)}}catch{return{type:"",data:""}}}function se(a){return typeof a=="string"?a:""}var x="lovato-dmed4-charge-card",ke=["controls","record","display"],de={schema:[{name:"device_id",required:!0,selector:{device:{entity:{integration:u,domain:"sensor",device_class:"power"}}}},{name:"name",selector:{text:{}}},...ke.map(a=>({name:a,default:!0,selector:{boolean:{}}}))],computeLabel:({name:a},e)=>e(re(`card.editor.${a}`))};var W={identification_type:"",identification_level:"",identification_data:"",tariff_text:"",keepIdentification:!1},le=a=>`${u}.start.${a}`;function ce(a){try{let t=JSON.parse(localStorage.getItem(le(a))??"{}"),r=i=>typeof t[i]=="string"?t[i]:"";return{identification_type:r("identification_type"),identification_level:r("identification_level"),identification_data:r("identification_data"),tariff_text:r("tariff_text"),keepIdentification:t.keepIdentification===!0}}catch{return W}}function pe(a,e){let t=e.keepIdentification?e:{...e,identification_data:""};try{localStorage.setItem(le(a),JSON.stringify(t))}catch{}}var he=g`
:host {
display: block;
height: 100%;
container-type: inline-size;
--dmed4-padding: var(--ha-space-4, 16px);
}
ha-card {
display: flex;
flex-direction: column;
height: 100%;
overflow: hidden;
--dmed4-accent: var(--secondary-text-color, #727272);
--dmed4-tint: var(--ha-color-fill-neutral-normal-resting, #e6e6e6);
--dmed4-word: var(--secondary-text-color, #5e5e5e);
}
ha-card.primary {
--dmed4-accent: var(--primary-color, #009ac7);
--dmed4-tint: var(--ha-color-fill-primary-normal-resting, #dff3fc);
}
ha-card.success {
--dmed4-accent: var(--ha-color-on-success-quiet, #00883c);
--dmed4-tint: var(--ha-color-fill-success-normal-resting, #c2f2c1);
--dmed4-word: var(--ha-color-on-success-normal, #036730);
}
ha-card.warning {
--dmed4-accent: var(--ha-color-on-warning-quiet, #c94e00);
--dmed4-tint: var(--ha-color-fill-warning-normal-resting, #ffe0c8);
--dmed4-word: var(--ha-color-on-warning-normal, #9d3800);
}
ha-card.danger {
--dmed4-accent: var(--ha-color-on-danger-quiet, #dc3146);
--dmed4-tint: var(--ha-color-fill-danger-normal-resting, #ffdedc);
--dmed4-word: var(--ha-color-on-danger-normal, #b30532);
}
.header {
display: flex;
align-items: center;
gap: 12px;
padding: var(--dmed4-padding) var(--dmed4-padding) 0;
}
.badge {
display: grid;
flex: none;
place-items: center;
width: 44px;
height: 44px;
border-radius: 50%;
background: var(--dmed4-tint);
color: var(--dmed4-accent);
}
.header > div {
min-width: 0;
}
h2 {
margin: 0;
overflow: hidden;
font-size: var(--ha-font-size-l, 16px);
font-weight: var(--ha-font-weight-medium, 500);
line-height: 1.3;
text-overflow: ellipsis;
white-space: nowrap;
}
.state {
margin: 0;
overflow-wrap: anywhere;
color: var(--dmed4-word);
font-size: var(--ha-font-size-m, 14px);
line-height: 1.4;
}
.state b {
font-weight: var(--ha-font-weight-medium, 500);
}
.now {
display: flex;
flex-wrap: wrap;
align-items: baseline;
justify-content: space-between;
gap: 4px 24px;
padding: 12px var(--dmed4-padding) 0;
font-variant-numeric: tabular-nums;
}
.power {
margin: 0;
font-size: calc(1.3 * var(--ha-font-size-4xl, 32px));
line-height: 1.1;
letter-spacing: -0.02em;
}
.power small,
.figure small {
color: var(--secondary-text-color, #5e5e5e);
font-size: 0.55em;
letter-spacing: 0;
}
dl {
display: flex;
flex-wrap: wrap;
gap: 8px 24px;
margin: 0;
font-variant-numeric: tabular-nums;
}
dl > div {
display: flex;
flex-direction: column-reverse;
}
dt {
color: var(--secondary-text-color, #5e5e5e);
font-size: var(--ha-font-size-s, 12px);
line-height: 1.4;
}
dd {
margin: 0;
font-size: var(--ha-font-size-l, 16px);
line-height: 1.4;
}
.figure small {
font-size: var(--ha-font-size-s, 12px);
}
dmed4-power-trace {
flex: 1 0 88px;
height: 88px;
min-height: 88px;
margin-top: 8px;
}
.cycle {
padding: 12px var(--dmed4-padding) 0;
}
.commands {
display: flex;
flex-wrap: wrap;
gap: 8px;
padding: 16px var(--dmed4-padding) 0;
}
.commands > button {
flex: 1 1 130px;
padding: 0 12px;
}
section,
details,
.banner {
margin: 16px var(--dmed4-padding) 0;
}
section,
details {
padding-top: 12px;
border-top: 1px solid var(--divider-color, rgb(0 0 0 / 12%));
}
ha-card > :last-child {
margin-bottom: var(--dmed4-padding);
}
ha-card > details:last-child {
margin-bottom: 4px;
}
.banner {
display: flex;
flex-wrap: wrap;
align-items: center;
gap: 8px 12px;
padding: 12px;
border-radius: var(--ha-border-radius-lg, 12px);
background: var(--ha-color-fill-danger-normal-resting, #ffdedc);
color: var(--ha-color-on-danger-normal, #b30532);
line-height: 1.4;
}
.banner > div {
flex: 1 1 160px;
}
.banner ul {
margin: 4px 0 0;
padding-inline-start: 20px;
}
.banner button,
.banner button:hover:not([disabled]) {
background: var(--card-background-color, #fff);
color: inherit;
}
.record {
display: flex;
flex-wrap: wrap;
align-items: center;
gap: 12px;
}
.record > .facts {
flex: 1 1 140px;
min-width: 0;
}
h3 {
margin: 0;
color: var(--secondary-text-color, #5e5e5e);
font-size: var(--ha-font-size-s, 12px);
font-weight: normal;
line-height: 1.4;
}
.record p {
margin: 0;
line-height: 1.4;
overflow-wrap: anywhere;
}
.verdict {
flex: none;
color: var(--secondary-text-color, #5e5e5e);
}
.verdict.good {
color: var(--ha-color-on-success-normal, #036730);
}
.verdict.bad {
color: var(--ha-color-on-danger-normal, #b30532);
}
.quiet {
color: var(--secondary-text-color, #5e5e5e);
font-size: var(--ha-font-size-s, 12px);
}
.downloads {
display: flex;
flex: none;
flex-wrap: wrap;
gap: 8px;
}
.downloads button {
padding: 0 12px;
}
.downloads ha-icon {
--mdc-icon-size: 18px;
}
details {
padding-top: 0;
}
details[open] {
padding-bottom: 12px;
}
summary {
display: flex;
align-items: center;
gap: 8px;
min-height: 44px;
color: var(--secondary-text-color, #5e5e5e);
cursor: pointer;
}
summary ha-icon {
--mdc-icon-size: 20px;
}
summary::after {
width: 8px;
height: 8px;
margin-inline-start: auto;
margin-inline-end: 4px;
border: solid currentColor;
border-width: 0 2px 2px 0;
content: "";
transform: translateY(-2px) rotate(45deg);
}
[open] > summary::after {
transform: translateY(2px) rotate(225deg);
}
summary::-webkit-details-marker {
display: none;
}
.display {
display: flex;
flex-wrap: wrap;
gap: 8px;
}
.display label {
flex: 2 1 180px;
}
.display > div {
display: flex;
flex: 1 1 140px;
gap: 8px;
}
.display button {
flex: 1;
}
.empty {
padding: var(--dmed4-padding);
color: var(--secondary-text-color, #5e5e5e);
}
ha-card.loading {
min-height: 220px;
}
@container (max-width: 280px) {
ha-card {
--dmed4-padding: 12px;
}
.power {
font-size: var(--ha-font-size-3xl, 28px);
}
.badge {
width: 36px;
height: 36px;
}
}
@container (min-width: 480px) {
.power {
font-size: calc(1.6 * var(--ha-font-size-4xl, 32px));
}
dmed4-power-trace {
flex-basis: 120px;
height: 120px;
}
dd {
font-size: var(--ha-font-size-xl, 20px);
}
}
@container (min-width: 700px) {
.commands > button {
flex: 0 1 240px;
}
dmed4-power-trace {
flex-basis: 160px;
height: 160px;
}
}
@media (prefers-reduced-motion: no-preference) {
.busy .badge {
animation: pulse 1.2s ease-in-out infinite alternate;
}
@keyframes pulse {
to {
opacity: 0.4;
}
}
}
`;var L=class{constructor(e,t){this.seconds=e;this.#t=e/t}seconds;#e=new Map;#t;add(e,t){let r=Math.floor(e/this.#t),i=this.#e.get(r);i?(i.min=Math.min(i.min,t),i.max=Math.max(i.max,t),i.last=t):(this.#e.set(r,{min:t,max:t,last:t}),this.#r(e))}fill(e,t,r){let i=Math.ceil(t/this.#t);for(let n=Math.floor(e/this.#t);n<i;n+=1)this.#e.has(n)||this.#e.set(n,{min:r,max:r,last:r})}clear(){this.#e.clear()}#r(e){let t=Math.floor((e-this.seconds)/this.#t)-1;for(let r of this.#e.keys())r<t&&this.#e.delete(r)}runs(e,t){let r=[],i=-1/0;for(let n of[...this.#e.keys()].sort((o,d)=>o-d)){let o=this.#e.get(n),d=Math.min((n+.5)*this.#t,e),l=1-(e-d)/this.seconds;!o||l<-this.#t/this.seconds||(d-i>t&&r.push([]),r.at(-1)?.push({x:l,...o}),i=d)}return r}};function ue(a){let[e,t]=[0,0];for(let{min:r,max:i}of a.flat())[e,t]=[Math.min(e,r),Math.max(t,i)];return{low:-me(-e),high:Math.max(me(t),e<0?0:1)}}var Se=[1,1.2,1.5,2,2.5,3,4,5,6,8,10];function me(a){if(a<=0)return 0;let e=a*1.1,t=10**Math.floor(Math.log10(e));return(Se.find(i=>i*t>=e)??10)*t}var w=5,ze=w*30,Ce=15,O=1e3,fe=100;function G(){return new L(w*60,ze)}var A=class extends y{static properties={buffer:{attribute:!1},label:{type:String},locale:{attribute:!1}};#e=0;static styles=g`
:host {
display: block;
position: relative;
/* What moves here is laid out and painted by itself. */
contain: content;
color: var(--dmed4-accent, currentColor);
}
svg {
display: block;
/* Room for the head. */
width: calc(100% - 14px);
height: 100%;
}
.line {
fill: none;
stroke: currentColor;
stroke-width: 2;
stroke-linejoin: round;
stroke-linecap: round;
vector-effect: non-scaling-stroke;
}
.grid {
stroke: var(--divider-color, #e0e0e0);
stroke-width: 1;
opacity: 0.6;
vector-effect: non-scaling-stroke;
}
.grid.zero {
opacity: 1;
}
.head,
.scale {
position: absolute;
pointer-events: none;
}
.head {
right: 9px;
width: 10px;
height: 10px;
margin-top: -5px;
border-radius: 50%;
background: currentColor;
box-shadow: 0 0 0 5px color-mix(in srgb, currentColor 25%, transparent);
}
.scale {
top: 4px;
inset-inline-start: var(--dmed4-padding, 16px);
color: var(--secondary-text-color, #727272);
font-size: var(--ha-font-size-s, 12px);
line-height: 1.2;
}
`;constructor(){super(),this.label=""}draw(e){this.#e=e,this.requestUpdate()}shouldUpdate(){return this.#e>0}render(){let e=this.buffer.runs(this.#e,Ce),{low:t,high:r}=ue(e),i=l=>fe*(r-l)/(r-t),n=e.map(l=>Ie(l,i)),o=e.at(-1)?.at(-1),d=r<5?1:0;return s`
<svg
viewBox="0 0 ${O} ${fe}"
preserveAspectRatio="none"
role="img"
aria-label=${this.label}
>
<defs>
<linearGradient id="below" x1="0" x2="0" y1="0" y2="1">
<stop offset="0" stop-color="currentColor" stop-opacity="0.35" />
<stop offset="1" stop-color="currentColor" stop-opacity="0.04" />
</linearGradient>
</defs>
<path class="grid" d="M0 ${i((t+r)/2)}H${O}" />
<path class="grid zero" d="M0 ${i(0)}H${O}" />
${n.map(({line:l,first:h,last:p})=>B`
<path d="${l}L${p} ${i(0)}L${h} ${i(0)}Z" fill="url(#below)" />
<path class="line" d=${l} />`)}
</svg>
${this.locale&&e.some(l=>l.some(({min:h,max:p})=>h||p))?s`<span class="scale" aria-hidden="true"
>${v(r,d,this.locale)} kW</span
>`:""}
${o&&o.x>.98?s`<span class="head" style="top: ${i(o.last)}%"></span>`:""}
`}};function Ie(a,e){let t="",[r,i]=["",""];for(let n of a){i=(n.x*O).toFixed(1),r||=i;let o=n.max-n.min>.05*Math.abs(n.max)?[n.min,n.max,n.last]:[n.last];for(let d of o)t+=`${t?"L":"M"}${i} ${e(d).toFixed(1)}`}return{line:t,first:r,last:i}}var ge=.005,Le={unavailable:["neutral","mdi:lan-disconnect"],fault:["danger","mdi:alert"],ready:["primary","mdi:ev-station"],prepared:["primary","mdi:timer-sand"],charging:["success","mdi:lightning-bolt"],feeding_back:["primary","mdi:transmission-tower-import"],no_flow:["warning","mdi:pause"],after_power_failure:["warning","mdi:lightning-bolt-outline"],signing:["primary","mdi:file-sign"]},Oe=["board_1","board_2","fatal"];function ye(a,e,t){let r=f=>k(a,e,f),i=r("sensor.measurement_status"),n=r("sensor.cycle_energy_imported"),o=Q(i),d=o&&i.state.startsWith("active"),l=o?t:void 0,h=l?.power??b(r("sensor.power")),p=r("sensor.signature_status")?.state??"",m=r("binary_sensor.problem"),R=r("binary_sensor.hardware"),T=o&&m?.state==="on",N=T||o&&R?.state==="on",Y=o?N&&!d?"fault":Ae(i.state,p,h):"unavailable",[_e,xe]=Le[Y];return{phase:Y,tone:_e,icon:xe,charging:d,power:h,voltage:l?.voltage??b(r("sensor.voltage")),current:l?.current??b(r("sensor.current")),energy:b(n),returned:b(r("sensor.cycle_energy_exported")),since:d?De(i.last_changed,n?.attributes.last_reset):null,errors:N?[...F(m,"errors").map(f=>_(a,"binary_sensor.problem.state_attributes.errors",f)),...Oe.flatMap(f=>F(R,f).map(we=>_(a,`binary_sensor.hardware.state_attributes.${f}`,we)))]:[],hasProblem:N,resettable:T,signature:p,recorded:r("event.record")?.state??""}}function Ae(a,e,t){return a==="active_after_power_failure"?"after_power_failure":a==="active"?t===null?"charging":t<-ge?"feeding_back":t>ge?"charging":"no_flow":e==="in_progress"?"signing":a==="idle"?"prepared":"ready"}function De(a,e){let t=Date.parse(typeof e=="string"?e:a);return Number.isFinite(t)?t:null}var Me=250,be=1e4,Ne={valid:"good",invalid:"bad"},He={valid:"mdi:shield-check",invalid:"mdi:shield-alert"},D=class extends y{static properties={hass:{attribute:!1},preview:{type:Boolean},_config:{state:!0},_texts:{state:!0},_sample:{state:!0},_step:{state:!0},_error:{state:!0},_startError:{state:!0},_done:{state:!0},_record:{state:!0}};static styles=[S,z,he];#e=new Map;#t=G();#r;#n;#a=0;#i=0;#o=0;#s=!1;#p="";#h="";#m=matchMedia("(prefers-reduced-motion: reduce)");#f=new IntersectionObserver(e=>{this.#s=e.some(t=>t.isIntersecting),this.#d()});constructor(){super(),this.preview=!1,this._error="",this._startError=""}static getConfigForm(){return de}static getStubConfig(e){return{device_id:P(e)[0]??""}}setConfig(e){if(e.device_id!==void 0&&typeof e.device_id!="string")throw new Error("device_id has to be the ID of a device");e.device_id!==this._config?.device_id&&(this._sample=this._record=void 0,this.#h="",this.#i=0,this.#c(),this.#t=G()),this._config=e}getCardSize(){return 7}getGridOptions(){return{columns:12,min_columns:6,rows:"auto"}}connectedCallback(){super.connectedCallback(),document.addEventListener("visibilitychange",this.#d),this.#f.observe(this)}disconnectedCallback(){super.disconnectedCallback(),document.removeEventListener("visibilitychange",this.#d),this.#f.disconnect(),this.#s=!1,this.#c()}shouldUpdate(e){let t=e.get("hass");if(e.size>1||!e.has("hass")||!t||!this.hass)return!0;let{hass:r}=this;return t.entities!==r.entities||t.devices!==r.devices||t.locale!==r.locale||t.user!==r.user||t.connected!==r.connected||t.localize!==r.localize||[...this.#e.values()].some(i=>t.states[i]!==r.states[i])}willUpdate(e){let{hass:t}=this;if(!t||!(e.has("hass")||e.has("_config")))return;let r=e.get("hass");(e.has("_config")||r?.entities!==t.entities)&&(this.#e=Z(t,this._config?.device_id??"")),t.language!==this.#p&&(this.#p=t.language,ne(t)),r?.localize!==t.localize&&(this._texts=ie(t))}updated(){this.#d();let{hass:e,_config:t}=this;if(!e||!this._texts||!t?.device_id||this.preview||!e.user?.is_admin||t.record===!1||this._step||Date.now()-this.#i>be)return;let{charging:r,signature:i,recorded:n}=this.#w(e);if(i==="in_progress")return;let o=[r,i,n].join();o!==this.#h&&(this.#h=o,this.#T(e,t.device_id))}get#u(){return this.renderRoot.querySelector("dmed4-power-trace")}#d=()=>{let{hass:e,_config:t}=this;if(!(this.#s&&document.visibilityState==="visible"&&!this.preview)||!e||!t?.device_id||!this.#e.has("sensor.power")){this.#c();return}this.#r||(this.#r=new I(e.connection,t.device_id,this.#$),this.#r.start(),this.#n=setInterval(this.#E,1e3),this.#R(e))};#c(){this.#r?.stop(),this.#r=void 0,clearInterval(this.#n)}get#l(){return Date.now()+this.#o}#$=e=>{let t=Date.now();this.#o=e.time*1e3-t,this.#i=t,e.power!==null&&this.#t.add(e.time,e.power),this.#m.matches||this.#u?.draw(e.time),!(t-this.#a<Me)&&(this.#a=t,this._sample=e)};#E=()=>{this._sample&&Date.now()-this.#i>be&&(this._sample=void 0),this.#u?.draw(this.#l/1e3),this.requestUpdate()};async#R(e){let t=this.#e.get("sensor.power")??"",r=this.#l/1e3-w*60,i=await ae(e,t,r);for(let{from:n,to:o,value:d}of i)this.#t.fill(Math.max(n,r),o??this.#l/1e3,d);this.#u?.draw(this.#l/1e3)}async#T(e,t){try{let r=await H(e,"get_last_record",{device_id:t});this._record=r?K(r):null}catch(r){r?.translation_key==="no_record"&&(this._record=null)}}async#_(e,t){let{hass:r}=this;if(!r||this._step)return"";this._step=e,this._error=this._startError="",this._done=void 0;try{return await t(r),""}catch(i){return await V(r,i)}finally{this._step=void 0}}async#g(e,t,r,i={}){return this.#_(e,async n=>{let o=this._config?.device_id,d=await H(n,t,{device_id:o,...i});d?.record&&(this._record=K(d)),this._done=r})}async#y(e){this._error=await e}get#x(){return this.renderRoot.querySelector("dmed4-start-dialog")}get#b(){return this.renderRoot.querySelector("dialog.confirm")}#k(){this._error=this._startError="",this._done=void 0,this.#x?.open(ce(this._config?.device_id??""))}async#S({detail:e}){let{keepIdentification:t,...r}=e;pe(this._config?.device_id??"",{keepIdentification:t,...r});let i=Object.fromEntries(Object.entries(r).filter(([,n])=>n!==""));this._startError=await this.#g("starting","start_charge_cycle","card.done.started",i),this._startError||this.#x?.close()}#z(){this.#b?.close(),this.#y(this.#g("ending","end_charge_cycle","card.done.ended"))}#w(e){return ye(e,this.#e,this._sample)}render(){let{hass:e,_config:t,_texts:r}=this;if(!e||!t||!r)return s`<ha-card class="loading" aria-busy="true"></ha-card>`;if(!this.#e.has("sensor.measurement_status")){let o=t.device_id?"card.missing.gone":"card.missing.none";return s`<ha-card><div class="empty">${r(o)}</div></ha-card>`}let i=this.#w(e),n=e.user?.is_admin===!0;return s`
<ha-card class="${i.tone} ${this._step?"busy":""}">
${this.#C(e,t,r,i)} ${this.#I(r,i,n)}
${this.#L(e,r,i)}
<dmed4-power-trace
.buffer=${this.#t}
.locale=${e.locale}
.label=${r("card.trace",{minutes:w})}
></dmed4-power-trace>
${this.#O(e,r,i)} ${this.#A(r)}
${n&&t.controls!==!1?this.#D(r,i):c}
${n&&t.record!==!1?this.#M(e,r):c}
${n&&t.display!==!1?this.#H(e,r,i):c}
</ha-card>
${n&&t.controls!==!1?this.#P(r):c}
`}#C(e,t,r,i){let n=r(`card.state.${this._step??i.phase}`),o=i.charging?this._record?.identity:void 0;return s`
<div class="header">
<div class="badge"><ha-icon icon=${i.icon}></ha-icon></div>
<div>
<h2>${t.name??j(e,t.device_id??"")}</h2>
<p class="state">
<b role="status">${n}</b>${o?.data?s`<span> · ${o.data}</span>`:c}
</p>
</div>
</div>
`}#I(e,t,r){return t.hasProblem?s`
<div class="banner" role="alert">
<ha-icon icon="mdi:alert-circle-outline"></ha-icon>
<div>
${t.errors.length?s`${e("card.problem.title")}
<ul>
${t.errors.map(i=>s`<li>${i}</li>`)}
</ul>`:e("card.problem.unnamed")}
</div>
${r&&t.resettable?s`<button
?disabled=${this.#v}
@click=${()=>{this.#y(this.#g("resetting","reset_errors","card.done.reset"))}}
>
${e("card.action.reset")}
</button>`:c}
</div>
`:c}#L(e,t,r){return s`
<div class="now">
<p class="power">
<span class="visually-hidden">${t("card.figure.power")}</span>
${$(e,r.power,2,"kW")}
</p>
<dl>
${E(t("card.figure.voltage"),$(e,r.voltage,1,"V"))}
${E(t("card.figure.current"),$(e,r.current,1,"A"))}
</dl>
</div>
`}#O(e,t,r){let i=r.since===null?null:(this.#l-r.since)/1e3;return!r.charging&&!r.energy&&!r.returned?c:s`
<dl class="cycle">
${E(t(r.charging?"card.figure.energy":"card.figure.last_energy"),$(e,r.energy,2,"kWh"))}
${r.returned?E(t("card.figure.returned"),$(e,r.returned,2,"kWh")):c}
${i===null?c:E(t("card.figure.duration"),s`${ee(i)}`)}
</dl>
`}#A(e){return s`
<div class="visually-hidden" role="status">${this._done?e(this._done):c}</div>
${this._error?s`<div class="banner" role="alert">
<div>${this._error}</div>
<button
@click=${()=>{this._error=""}}
>
${e("card.action.close")}
</button>
</div>`:c}
`}get#v(){return this._step!==void 0||this.preview}#D(e,t){let r=this.#v||t.phase==="unavailable";return t.charging?s`
<div class="commands">
<button
?disabled=${r}
@click=${()=>{this.#y(this.#g("reading","read_charge_cycle","card.done.read"))}}
>
<ha-icon icon="mdi:file-sign"></ha-icon>${e("card.action.read")}
</button>
<button class="end" ?disabled=${r} @click=${()=>this.#b?.showModal()}>
<ha-icon icon="mdi:stop"></ha-icon>${e("card.action.end")}
</button>
</div>
`:s`
<div class="commands">
<button
class="start"
?disabled=${r||t.phase==="signing"}
@click=${()=>{this.#k()}}
>
<ha-icon icon="mdi:play"></ha-icon>${e("card.action.start")}
</button>
</div>
`}#M(e,t){let r=this._record;if(r===void 0)return c;if(r===null)return s`<section class="quiet">${t("card.record.none")}</section>`;let{signature:i,time:n,energy:o,pagination:d,identity:l}=r,h=[o===null||r.kind==="begin"?"":`${v(o,3,e.locale)} kWh`,n?te(n,e):"",l.data].filter(Boolean);return s`
<section class="record" aria-labelledby="record">
<ha-icon
class="verdict ${Ne[i]??""}"
icon=${He[i]??"mdi:shield-off-outline"}
></ha-icon>
<div class="facts">
<h3 id="record">
${t(`card.record.${r.kind}`)}${d?s` · ${d}`:c}
</h3>
<p>${t(`card.verdict.${i}`)}</p>
<p class="quiet">${h.join(" · ")}</p>
</div>
<div class="downloads">
${r.downloads.map(([p,m])=>s`
<button
aria-label=${t("card.action.download",{format:p})}
title=${t("card.action.download",{format:p})}
?disabled=${this.preview}
@click=${()=>{this.#N(e,m)}}
>
<ha-icon icon="mdi:download"></ha-icon>${p}
</button>
`)}
</div>
</section>
`}async#N(e,t){try{await X(e,t)}catch(r){this._error=await V(e,r)}}#H(e,t,r){let i=this.#e.get("switch.display"),n=this.#e.get("select.display_page"),o=k(e,this.#e,"select.display_page");if(!i||!n||!o)return c;let d=this.#v||r.phase==="unavailable",l=o.attributes.options,h=(p,m,R={})=>{this.#y(this.#_("sending",T=>J(T,p,m,R)))};return s`
<details>
<summary><ha-icon icon="mdi:monitor"></ha-icon>${t("card.display.title")}</summary>
<div class="display">
<label>
<span class="visually-hidden">${t("card.display.page")}</span>
<select
?disabled=${d}
@change=${p=>{let m=p.target.value;h("select_option",n,{option:m})}}
>
<option value="" disabled .selected=${!l?.includes(o.state)}>
${t("card.display.page")}
</option>
${l?.map(p=>s`
<option value=${p} .selected=${p===o.state}>
${_(e,"select.display_page",p)}
</option>
`)}
</select>
</label>
<div>
<button
?disabled=${d}
@click=${()=>{h("turn_on",i)}}
>
${t("card.display.on")}
</button>
<button
?disabled=${d}
@click=${()=>{h("turn_off",i)}}
>
${t("card.display.off")}
</button>
</div>
</div>
</details>
`}#P(e){return s`
<dmed4-start-dialog
.localize=${e}
.busy=${this._step==="starting"}
.error=${this._startError}
@start-charge=${t=>{this.#S(t)}}
></dmed4-start-dialog>
<dialog class="confirm" aria-labelledby="end-title">
<h2 id="end-title">${e("card.end.title")}</h2>
<p>${e("card.end.hint")}</p>
<div class="buttons">
<button
@click=${()=>{this.#b?.close()}}
>
${e("card.action.cancel")}
</button>
<button
class="end"
@click=${()=>{this.#z()}}
>
${e("card.action.end")}
</button>
</div>
</dialog>
`}};function $(a,e,t,r){return e===null?s`–`:s`${v(e,t,a.locale)} <small>${r}</small>`}function E(a,e){return s`<div>
<dt>${a}</dt>
<dd class="figure">${e}</dd>
</div>`}function ve(a,e){let t=a.entities[e];return t?.platform!==u||!t.device_id||!P(a).includes(t.device_id)?null:{config:{type:`custom:${x}`,device_id:t.device_id}}}var Pe=["NONE","DENIED","UNDEFINED","ISO14443","ISO15693","EMAID","EVCCID","EVCOID","ISO7812","CARD_TXN_NR","CENTRAL","CENTRAL_1","CENTRAL_2","LOCAL","LOCAL_1","LOCAL_2","PHONE_NUMBER","KEY_CODE"],Fe=["NONE","HEARSAY","TRUSTED","VERIFIED","CERTIFIED","SECURE","MISMATCH","INVALID","OUTDATED","UNKNOWN"],Ve=40;function q(a){return/^[\x20-\x7b\x7d\x7e]*$/.test(a)}var M=class extends y{static properties={localize:{attribute:!1},busy:{type:Boolean},error:{type:String},_fields:{state:!0},_checked:{state:!0}};static styles=[S,z,g`
form {
display: grid;
gap: 16px;
}
.row {
display: grid;
grid-template-columns: repeat(auto-fit, minmax(160px, 1fr));
gap: 16px;
}
label {
display: grid;
gap: 4px;
color: var(--secondary-text-color, #5e5e5e);
font-size: var(--ha-font-size-s, 12px);
}
label.check {
display: flex;
align-items: center;
gap: 12px;
min-height: 44px;
color: var(--primary-text-color, #141414);
font-size: var(--ha-font-size-m, 14px);
cursor: pointer;
}
dialog .error {
margin: 0;
padding: 12px;
border-radius: var(--ha-border-radius-lg, 12px);
background: var(--ha-color-fill-danger-normal-resting, #ffdedc);
color: var(--ha-color-on-danger-normal, #b30532);
}
.wrong {
color: var(--ha-color-on-danger-normal, #b30532);
font-size: var(--ha-font-size-s, 12px);
}
`];constructor(){super(),this.busy=!1,this.error="",this._fields=W,this._checked=!1}get#e(){return this.renderRoot.querySelector("dialog")}async open(e){this._fields=e,this._checked=!1,await this.updateComplete,this.#e?.showModal()}close(){this.#e?.close()}shouldUpdate(){return this.localize!==void 0}render(){let e=this.localize;return s`
<dialog aria-labelledby="title" @cancel=${this.#a}>
<h2 id="title">${e("card.start.title")}</h2>
<p>${e("card.start.hint")}</p>
<form method="dialog" novalidate @submit=${this.#i}>
<div class="row">
${this.#t("identification_type","card.start.type","identification_type",Pe)}
${this.#t("identification_level","card.start.level","identification_level",Fe)}
</div>
${this.#r("identification_data","card.start.data",Ve)}
${this.#r("tariff_text","card.start.tariff")}
<label class="check">
<input
type="checkbox"
.checked=${this._fields.keepIdentification}
@change=${t=>{let{checked:r}=t.target;this._fields={...this._fields,keepIdentification:r}}}
/>
${e("card.start.remember")}
</label>
${this.error?s`<p class="error" role="alert">${this.error}</p>`:c}
<div class="buttons">
<button
type="button"
?disabled=${this.busy}
@click=${()=>{this.close()}}
>
${e("card.action.cancel")}
</button>
<button class="start" type="submit" ?disabled=${this.busy}>
${e(this.busy?"card.state.starting":"card.start.submit")}
</button>
</div>
</form>
</dialog>
`}#t(e,t,r,i){let n=this.localize;return s`
<label
>${n(t)}
<select
name=${e}
@change=${o=>{this.#n(e,o.target.value)}}
>
<option value="" .selected=${this._fields[e]===""}>
${n("card.start.from_options")}
</option>
${i.map(o=>s`
<option value=${o} .selected=${this._fields[e]===o}>
${n(`${r}.${o.toLowerCase()}`)}
</option>
`)}
</select>
</label>
`}#r(e,t,r){let i=this._fields[e],n=this._checked&&!q(i);return s`
<div>
<label
>${this.localize(t)}
<input
name=${e}
autocomplete="off"
autocapitalize="off"
spellcheck="false"
maxlength=${r??c}
aria-invalid=${n}
aria-describedby="${e}-wrong"
placeholder=${this.localize("card.start.from_options")}
.value=${i}
@input=${o=>{this.#n(e,o.target.value)}}
/>
</label>
<span class="wrong" id="${e}-wrong" role="alert"
>${n?this.localize("card.start.characters"):c}</span
>
</div>
`}#n(e,t){this._fields={...this._fields,[e]:t}}#a(e){this.busy&&e.preventDefault()}#i(e){e.preventDefault();let{identification_data:t,tariff_text:r}=this._fields;this._checked=!0,q(t)&&q(r)&&this.dispatchEvent(new CustomEvent("start-charge",{detail:this._fields}))}};C("dmed4-power-trace",A);C("dmed4-start-dialog",M);C(x,D)&&(window.customCards??=[],window.customCards.push({type:x,name:"LOVATO DMED4 charge card",description:"A meter at a glance: live power, the charge and its signed record",preview:!0,documentationURL:"https://github.com/lovato-dmed4/lovato-dmed4-home-assistant",getEntitySuggestion:ve}));
